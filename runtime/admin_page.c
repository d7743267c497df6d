/* admin_page.c - the page for people: one document, no script, nothing to load. */
#include "admin.h"

#include <inttypes.h>
#include <string.h>

enum {
	HISTORY_COUNT = 20
};

static const char head[] =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>Migrations</title>\n";

/* Colours by meaning; each is told in words, too. */
static const char style[] =
        "<style>\n"
        ":root{color-scheme:light dark;--paper:#fff;--ink:#1d2430;--soft:#5b6573;--line:#e2e6eb;"
        "--good:#1a7f4b;--wait:#9a6200;--bad:#c0262d;--bar:#7aa7e8}\n"
        "@media(prefers-color-scheme:dark){:root{--paper:#14181f;--ink:#e8ecf2;--soft:#97a3b4;"
        "--line:#2b333f;--good:#4cc38a;--wait:#e2a336;--bad:#ff7b72;--bar:#3d6db5}}\n"
        "body{margin:0;background:var(--paper);color:var(--ink);"
        "font:15px/1.5 system-ui,sans-serif}\n"
        "main{max-width:76rem;margin:0 auto;padding:2rem 1.25rem}\n"
        "h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2.5rem 0 .75rem}\n"
        ".banner{border-left:.3rem solid var(--tone);padding:.6rem 1rem;margin:0 0 .75rem;"
        "background:color-mix(in srgb,var(--tone) 9%,transparent);overflow-wrap:anywhere}\n"
        ".banner b{color:var(--tone)}\n"
        ".good{--tone:var(--good)}.wait{--tone:var(--wait)}.bad{--tone:var(--bad)}"
        ".soft{--tone:var(--soft)}\n"
        ".strip{display:flex;gap:2px;height:.5rem;margin:1.25rem 0 0;border-radius:.25rem;"
        "overflow:hidden}.strip i{flex:var(--n);min-width:4px;background:var(--tone)}\n"
        ".counts{display:flex;flex-wrap:wrap;gap:.4rem 1.5rem;list-style:none;padding:0;"
        "margin:.5rem 0 1.25rem}.counts b{font-size:1.25rem;color:var(--tone)}\n"
        ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}\n"
        "th{text-align:left;font-weight:600;color:var(--soft);font-size:.85rem}\n"
        "th,td{padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line);"
        "vertical-align:top}\n"
        "td{font-variant-numeric:tabular-nums}td.soft{min-width:9rem}\n"
        "td.soft,.time{color:var(--soft);font-size:.85rem}.time{white-space:nowrap}\n"
        ".file{font-family:ui-monospace,monospace;font-size:.9rem;min-width:18.5rem;"
        "overflow-wrap:anywhere}\n"
        ".badge{display:inline-block;padding:0 .55rem;border-radius:1rem;color:var(--tone);"
        "border:1px solid var(--tone);font-size:.85rem;white-space:nowrap}\n"
        ".took{min-width:9rem;white-space:nowrap}.took i{display:block;height:.4rem;"
        "border-radius:.2rem;background:var(--bar);min-width:2px;"
        "width:calc(100% * var(--ms) / var(--longest))}\n"
        "@media(max-width:62rem){table,tbody{display:block}thead{display:none}"
        "tr{display:grid;grid-template-columns:1fr 8.5rem;gap:.15rem .75rem;padding:.6rem 0;"
        "border-bottom:1px solid var(--line)}"
        "td,td.soft,td.file,td.took{min-width:0;padding:0;border:0}"
        "td:first-child{display:none}td.soft{grid-column:1/-1}}\n"
        "footer{margin-top:2.5rem;color:var(--soft);font-size:.85rem}\n"
        "</style>\n";

static void put_head(struct admin_text *text, bool is_at_work)
{
	admin_text_string(text, head);
	if (is_at_work)
		admin_text_string(text, "<meta http-equiv=\"refresh\" content=\"5\">\n");
	admin_text_string(text, style);
	admin_text_string(text, "</head>\n<body>\n<main>\n<h1>Migrations</h1>\n");
}

static void put_end(struct admin_text *text)
{
	admin_text_format(text, "<footer>inlay %s</footer>\n</main>\n</body>\n</html>\n",
	                  inlay_version());
}

static void put_banner(struct admin_text *text, const char *tone, const char *title,
                       const char *words)
{
	admin_text_format(text, "<p class=\"banner %s\"><b>%s</b> ", tone, title);
	admin_text_html(text, words);
	admin_text_string(text, "</p>\n");
}

static const char *tone_of(enum inlay_state state)
{
	switch (state) {
	case INLAY_STATE_APPLIED: return "good";
	case INLAY_STATE_PENDING:
	case INLAY_STATE_AHEAD: return "wait";
	default: return "bad";
	}
}

/* --- Cells --- */

/* "12 ms", "1.2 s", "3 min 20 s", "2 h 5 min". */
static void put_duration(struct admin_text *text, int64_t ms)
{
	int64_t s = ms / 1000, min = s / 60;

	if (ms < 1000)
		admin_text_format(text, "%" PRId64 " ms", ms);
	else if (min < 1)
		admin_text_format(text, "%" PRId64 ".%" PRId64 " s", s, ms % 1000 / 100);
	else if (min < 60)
		admin_text_format(text, "%" PRId64 " min %" PRId64 " s", min, s % 60);
	else
		admin_text_format(text, "%" PRId64 " h %" PRId64 " min", min / 60, min % 60);
}

static void put_cell(struct admin_text *text, const char *kind, const char *words)
{
	admin_text_format(text, "<td class=\"%s\">", kind);
	admin_text_html(text, words);
	admin_text_string(text, "</td>");
}

/* A line may end behind each underscore. */
static void put_file(struct admin_text *text, const char *name)
{
	struct admin_text escaped = { .start = NULL };
	size_t from = 0;

	admin_text_html(&escaped, name);
	admin_text_string(text, "<td class=\"file\">");
	for (size_t i = 0; i < escaped.size; i++)
		if (escaped.start[i] == '_') {
			admin_text_add(text, escaped.start + from, i + 1 - from);
			admin_text_string(text, "<wbr>");
			from = i + 1;
		}
	if (escaped.size > from)
		admin_text_add(text, escaped.start + from, escaped.size - from);
	admin_text_string(text, "</td>");
	text->no_memory = text->no_memory || escaped.no_memory;
	admin_text_clear(&escaped);
}

static void put_version(struct admin_text *text, int64_t version)
{
	if (version >= 0)
		admin_text_format(text, "<tr><td>%" PRId64 "</td>", version);
	else
		admin_text_string(text, "<tr><td>repeatable</td>");
}

static void put_state(struct admin_text *text, const struct inlay_migration_status *row)
{
	bool is_at_work = (row->flags & INLAY_STATUS_AT_WORK) != 0;

	admin_text_format(text, "<td><span class=\"badge %s\">%s</span>",
	                  is_at_work ? "wait" : tone_of(row->state),
	                  is_at_work ? "at work" : inlay_state_name(row->state));
	if (row->progress >= 0)
		admin_text_format(
		        text, "<div class=\"time\">%s%" PRId64 " of %" PRId64 " statements</div>",
		        (row->flags & INLAY_STATUS_UNDOING) != 0 ? "rollback: " : "", row->progress,
		        row->statement_count);
	if ((row->flags & INLAY_STATUS_ALTERED) != 0)
		admin_text_string(text, "<div class=\"time\">its row was altered</div>");
	if ((row->flags & INLAY_STATUS_REFORMATTED) != 0)
		admin_text_string(text, "<div class=\"time\">reformatted since</div>");
	admin_text_string(text, "</td>");
}

static void put_row(struct admin_text *text, const struct inlay_migration_status *row)
{
	put_version(text, row->version);
	put_file(text, row->filename);
	put_state(text, row);
	put_cell(text, "time", row->applied_at);
	admin_text_string(text, "<td class=\"took\">");
	if (row->duration_ms >= 0) {
		put_duration(text, row->duration_ms);
		admin_text_format(text, "<i style=\"--ms:%" PRId64 "\"></i>", row->duration_ms);
	}
	admin_text_string(text, "</td>");
	put_cell(text, "soft", row->actor);
	admin_text_string(text, "</tr>\n");
}

static void put_entry(struct admin_text *text, const struct inlay_history_entry *entry)
{
	bool is_failed = strcmp(entry->action, "failed") == 0;

	put_version(text, entry->version);
	put_file(text, entry->filename);
	admin_text_format(text, "<td><span class=\"badge %s\">", is_failed ? "bad" : "soft");
	admin_text_html(text, entry->action);
	admin_text_string(text, "</span></td>");
	put_cell(text, "time", entry->happened_at);
	admin_text_string(text, "<td class=\"took\">");
	if (entry->duration_ms >= 0)
		put_duration(text, entry->duration_ms);
	admin_text_string(text, "</td>");
	put_cell(text, "soft", entry->message[0] != '\0' ? entry->message : entry->actor);
	admin_text_string(text, "</tr>\n");
}

/* --- The page --- */

/* How many are in each state; who is at work has not been interrupted. */
static void put_counts(struct admin_text *text, const struct admin_view *view, const char *before,
                       void (*put)(struct admin_text *, const char *, size_t, const char *))
{
	admin_text_string(text, before);
	for (size_t i = INLAY_STATE_APPLIED; i < ADMIN_STATE_COUNT; i++) {
		bool is_last = i == INLAY_STATE_INTERRUPTED;
		size_t count = view->counts[i] - (is_last ? view->at_work_count : 0);

		if (count > 0)
			put(text, tone_of((enum inlay_state)i), count,
			    inlay_state_name((enum inlay_state)i));
	}
	if (view->at_work_count > 0)
		put(text, "wait", view->at_work_count, "at work");
}

static void put_piece(struct admin_text *text, const char *tone, size_t count, const char *name)
{
	(void)name;
	admin_text_format(text, "<i class=\"%s\" style=\"--n:%zu\"></i>", tone, count);
}

static void put_count(struct admin_text *text, const char *tone, size_t count, const char *name)
{
	admin_text_format(text, "<li class=\"%s\"><b>%zu</b> %s</li>", tone, count, name);
}

static void put_summary(struct admin_text *text, const struct admin_view *view)
{
	if (view->check == INLAY_OK)
		put_banner(text, "good", "Up to date", view->words);
	else if (view->check == INLAY_PENDING)
		put_banner(text, "wait", "Pending", view->words);
	else
		put_banner(text, "bad", inlay_result_name(view->check), view->words);
	if (view->holder[0] != '\0')
		put_banner(text, "wait", "At work", view->holder);
	put_counts(text, view, "<div class=\"strip\" aria-hidden=\"true\">", put_piece);
	put_counts(text, view, "</div>\n<ul class=\"counts\">", put_count);
	admin_text_string(text, "</ul>\n");
}

static void put_heading(struct admin_text *text, int64_t longest_ms, const char *what,
                        const char *who)
{
	admin_text_format(text,
	                  "<div class=\"wide\"><table style=\"--longest:%" PRId64 "\">\n"
	                  "<thead><tr><th>Version</th><th>File</th><th>%s</th><th>At</th>"
	                  "<th>Took</th><th>%s</th></tr></thead>\n<tbody>\n",
	                  longest_ms > 0 ? longest_ms : 1, what, who);
}

enum inlay_result admin_page(struct admin_text *text, const struct request *request)
{
	struct admin_view view = { .holder = "" };
	struct admin_text entries = { .start = NULL };
	enum inlay_result result = admin_look(&view, request, put_row);

	if (result == INLAY_OK)
		result = admin_look_back(&entries, request, HISTORY_COUNT, "", put_entry);
	if (result == INLAY_OK) {
		put_head(text, view.holder[0] != '\0');
		put_summary(text, &view);
		put_heading(text, view.longest_ms, "State", "By");
		admin_text_add(text, view.rows.start, view.rows.size);
		admin_text_string(text, "</tbody></table></div>\n<h2>Last done</h2>\n");
		put_heading(text, 1, "What", "By, or why");
		admin_text_add(text, entries.start, entries.size);
		admin_text_string(text, "</tbody></table></div>\n");
		put_end(text);
		text->no_memory = text->no_memory || view.rows.no_memory || entries.no_memory;
	} else {
		admin_page_error(text, request->error);
	}
	admin_text_clear(&view.rows);
	admin_text_clear(&entries);
	return result;
}

void admin_page_error(struct admin_text *text, const struct inlay_error *error)
{
	put_head(text, false);
	put_banner(text, "bad", inlay_result_name(error->result), error->message);
	put_end(text);
}
