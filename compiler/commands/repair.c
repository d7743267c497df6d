/* repair.c - `inlay repair`: what is wrong with a history, who has to decide, and doing it. */
#include "commands.h"

#include "live/confirm.h"
#include "live/live_set.h"
#include "live/watch.h"
#include "repair_tell.h"
#include "safe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One run of the command. */
struct session {
	struct live live;
	struct live_set set;
	const struct options *options;
	int64_t version; /* -1: all. */
	struct repair_findings findings;
	bool is_changed; /* The last repair has changed something. */
	int signal;      /* That stopped it; or 0. */
};

/* --- What the runtime does --- */

static void take_event(void *context, const struct inlay_event *event)
{
	struct session *session = context;

	session->is_changed = session->is_changed || event->kind == INLAY_EVENT_REPAIRED;
	if (event->kind == INLAY_EVENT_STATEMENT && !session->options->verbose)
		return;
	if (event->kind == INLAY_EVENT_WOULD_RUN || !session->options->quiet)
		repair_tell_event(event);
}

/* Behind a call that could be stopped. */
static enum exit_code end(struct session *session, const struct inlay_error *error)
{
	int number = watch_stop(&session->live);

	if (error->result == INLAY_PENDING)
		return EXIT_FINDINGS;
	if (error->result == INLAY_CANCELLED || error->result == INLAY_INTERRUPTED)
		session->signal = number; /* Otherwise it came too late. */
	return live_tell(&session->live, error);
}

/* Looking was done with the right to read only. */
static enum exit_code open_to_write(struct session *session)
{
	struct arena *arena = session->live.arena;
	enum exit_code code;

	live_close(&session->live);
	code = live_open(&session->live, "repair", session->options, LIVE_CHANGE, arena);
	session->live.settings.on_event = take_event;
	session->live.settings.context = session;
	session->is_changed = false;
	return code;
}

static enum exit_code repair(struct session *session, const struct inlay_repair_scope *scope)
{
	struct inlay_error error = inlay_error_init();
	enum exit_code code = open_to_write(session);

	if (code != EXIT_DONE)
		return code;
	watch_start(&session->live, NULL);
	(void)live_repair(&session->live, &session->set.set, scope, &error);
	return end(session, &error);
}

/* Up to that version and no further, or the rollback that is under way and no other. */
static enum exit_code go_on(struct session *session, const struct inlay_finding *finding)
{
	struct inlay_rollback_scope last = inlay_rollback_last(1);
	struct inlay_error error = inlay_error_init();
	enum exit_code code = open_to_write(session);

	if (code != EXIT_DONE)
		return code;
	watch_start(&session->live, NULL);
	if (finding->is_down) {
		(void)live_rollback(&session->live, &session->set.set, &last, &error);
	} else {
		session->live.settings.to_version = finding->version;
		(void)live_ensure(&session->live, &session->set.set, &error);
	}
	return end(session, &error);
}

/* --- Asking --- */

typedef enum exit_code agreement(const struct session *session, const char *question);

/* EXIT_DONE when a person, or --yes, agrees. */
static enum exit_code ask(const struct session *session, const char *question)
{
	bool is_settled = session->options->yes || session->options->dry_run;

	return live_agree(&session->live, is_settled,
	                  arena_format(session->live.arena, "%s?", question),
	                  arena_format(session->live.arena, "this is to %s", question));
}

/* The same of what is offered and not asked for: EXIT_FINDINGS when it is left as it is. */
static enum exit_code offer(const struct session *session, const char *question)
{
	const struct live *live = &session->live;
	bool is_settled = session->options->yes || session->options->dry_run;

	switch (live_confirm(is_settled, arena_format(live->arena, "%s?", question))) {
	case LIVE_YES: return EXIT_DONE;
	case LIVE_NO: break;
	case LIVE_NOBODY:
		if (!session->options->quiet)
			fprintf(stderr, "to %s: inlay repair --yes\n", question);
		break;
	}
	return EXIT_FINDINGS;
}

/* --- Looking --- */

static enum exit_code look(struct session *session)
{
	struct inlay_error error = inlay_error_init();

	session->findings = (struct repair_findings){ .arena = session->live.arena };
	session->findings.version = session->version;
	(void)live_examine(&session->live, &session->set.set, repair_take_finding,
	                   &session->findings, &error);
	return live_tell(&session->live, &error);
}

static bool is_record(const struct inlay_finding *finding)
{
	return finding->remedies == INLAY_REPAIR_RECORDS;
}

/* Repairs what needs no decision; *left counts what stays. */
static enum exit_code repair_records(struct session *session, agreement *agree, size_t *left)
{
	struct inlay_repair_scope scope = inlay_repair_records();
	enum exit_code code;
	size_t count = 0;

	for (size_t i = 0; i < session->findings.count; i++)
		count += is_record(&session->findings.items[i]);
	if (count == 0)
		return EXIT_DONE;
	code = agree(session, arena_format(session->live.arena,
	                                   "record what the set says of %zu of them", count));
	if (code == EXIT_DONE)
		code = repair(session, &scope);
	*left += code == EXIT_DONE ? 0 : count;
	return code == EXIT_FINDINGS ? EXIT_DONE : code;
}

static enum exit_code finish(struct session *session, size_t *left)
{
	for (size_t i = 0; i < session->findings.count; i++) {
		const struct inlay_finding *finding = &session->findings.items[i];
		enum exit_code code;

		if (finding->kind != INLAY_FINDING_RESUMABLE) {
			*left += !is_record(finding);
			continue;
		}
		code = offer(session, arena_format(session->live.arena, "go on with %s%s",
		                                   finding->is_down ? "the rollback of " : "",
		                                   finding->filename));
		if (code == EXIT_DONE)
			code = go_on(session, finding);
		if (code == EXIT_DONE && !session->options->quiet)
			printf("%s: %s\n", finding->filename,
			       finding->is_down ? "rolled back" : "applied");
		*left += code != EXIT_DONE;
		if (code != EXIT_DONE && code != EXIT_FINDINGS)
			return code;
	}
	return EXIT_DONE;
}

static enum exit_code examine(struct session *session)
{
	struct holders holders;
	size_t left = 0;
	enum exit_code code = look(session);

	if (code != EXIT_DONE)
		return code;
	if (!holder_find(&holders, &session->live))
		return live_fail(&session->live, NULL,
		                 "who holds the lock can not be found out: %s",
		                 session->live.words);
	if (!session->options->quiet)
		repair_tell_findings(&session->findings);
	left = repair_tell_holders(&holders, session->findings.count, !session->options->quiet);
	if (session->findings.count + left == 0 && !session->options->quiet)
		printf("%s: nothing is wrong with the history\n", session->live.address.shown);
	if (session->version < 0)
		code = repair_records(session, offer, &left);
	else
		for (size_t i = 0; i < session->findings.count; i++)
			left += is_record(&session->findings.items[i]);
	if (code == EXIT_DONE)
		code = finish(session, &left);
	return code == EXIT_DONE && left > 0 ? EXIT_FINDINGS : code;
}

/* --- A decision --- */

static const char *question_of(struct arena *arena, enum inlay_repair what,
                               const struct inlay_finding *finding)
{
	const char *name = finding->filename;

	switch (what) {
	case INLAY_REPAIR_DONE:
		return arena_format(arena, "take statement %" PRIu32 " of %s as done",
		                    finding->through_count + 1, name);
	case INLAY_REPAIR_AGAIN:
		return arena_format(arena, "let statement %" PRIu32 " of %s run again",
		                    finding->through_count + 1, name);
	case INLAY_REPAIR_FORGET:
		return arena_format(arena,
		                    finding->kind == INLAY_FINDING_MISSING
		                            ? "forget %s, and leave what it did"
		                            : "take %s as not there at all",
		                    name);
	default: return arena_format(arena, "take %s as all there, as the set has it", name);
	}
}

static enum exit_code decide(struct session *session, enum inlay_repair what)
{
	struct inlay_repair_scope scope = inlay_repair_version(what, session->version);
	const struct inlay_finding *finding;
	enum exit_code code = look(session);

	if (code != EXIT_DONE)
		return code;
	if (session->findings.count > 0) {
		finding = &session->findings.items[0];
		if (!session->options->quiet)
			repair_tell_finding(finding);
		if (what == INLAY_REPAIR_DONE || what == INLAY_REPAIR_AGAIN)
			scope.statement = finding->through_count + 1;
		code = ask(session, question_of(session->live.arena, what, finding));
	}
	if (code == EXIT_DONE)
		code = repair(session, &scope);
	if (code != EXIT_DONE)
		return code;
	if (!session->is_changed && !session->options->quiet)
		printf("version %" PRId64 ": there is nothing to repair\n", session->version);
	code = look(session);
	if (code == EXIT_DONE && session->findings.count > 0 && !session->options->quiet)
		repair_tell_next(&session->findings.items[0]);
	return code;
}

/* --- The lock --- */

static enum exit_code terminate(struct session *session)
{
	struct live *live = &session->live;
	struct holders holders;
	enum exit_code code = EXIT_DONE;

	if (!holder_find(&holders, live))
		return live_fail(live, NULL, "who holds the lock can not be found out: %s",
		                 live->words);
	if (holders.count == 0 && !session->options->quiet)
		puts(live->postgres != NULL ? "nobody holds the lock"
		                            : "SQLite's locks end with their processes: there is "
		                              "nothing to end");
	for (size_t i = 0; i < holders.count && code == EXIT_DONE; i++) {
		const struct holder *holder = &holders.items[i];

		repair_tell_holder(holder);
		if (!holder->is_idle && !session->options->force)
			return live_fail(
			        live, "wait until it is through; --force ends it all the same",
			        "backend %s may be at work, and is not ended", holder->pid);
		code = ask(session, arena_format(live->arena, "end backend %s", holder->pid));
		if (code != EXIT_DONE || session->options->dry_run)
			continue;
		if (!holder_end(live, holder))
			return live_fail(
			        live, "that takes its role, pg_signal_backend or a superuser",
			        "backend %s can not be ended: %s", holder->pid, live->words);
		printf("backend %s is ended\n", holder->pid);
	}
	return code;
}

/* --- The command --- */

/* *what is 0 when none was chosen. */
static enum exit_code read_choice(struct session *session, unsigned *what)
{
	const struct options *options = session->options;
	int count = options->done + options->again + options->forget + options->accept +
	            options->terminate;

	*what = options->done     ? INLAY_REPAIR_DONE
	        : options->again  ? INLAY_REPAIR_AGAIN
	        : options->forget ? INLAY_REPAIR_FORGET
	        : options->accept ? INLAY_REPAIR_ACCEPT
	                          : 0u;
	session->version = -1;
	if (count > 1)
		return options_complain("repair",
		                        "--done, --again, --forget, --accept and --terminate leave "
		                        "each other out",
		                        NULL);
	if (options->force && !options->terminate)
		return options_complain("repair", "--force goes with --terminate", NULL);
	if (options->operand != NULL && !options_number(options->operand, 0, &session->version))
		return options_complain("repair", "a version is a number, not", options->operand);
	if (options->terminate && options->operand != NULL)
		return options_complain("repair",
		                        "--terminate takes no version:", options->operand);
	if (*what != 0 && *what != INLAY_REPAIR_ACCEPT && options->operand == NULL)
		return options_complain("repair", "which version?  inlay repair tells", NULL);
	return EXIT_DONE;
}

/* All that were only reformatted. */
static enum exit_code accept_all(struct session *session)
{
	size_t left = 0;
	enum exit_code code = look(session);

	if (code == EXIT_DONE)
		code = repair_records(session, ask, &left);
	return code == EXIT_DONE && left > 0 ? EXIT_FINDINGS : code;
}

static enum exit_code run(struct session *session, unsigned what)
{
	enum exit_code code;

	if (session->options->terminate)
		return terminate(session);
	code = live_set_read(&session->set, "repair", session->options,
	                     session->live.address.dialect);
	if (code != EXIT_DONE)
		return code;
	if (what == 0)
		return examine(session);
	return session->version < 0 ? accept_all(session)
	                            : decide(session, (enum inlay_repair)what);
}

enum exit_code command_repair(const struct options *options)
{
	struct arena arena = { 0 };
	struct session session = { .options = options };
	unsigned what;
	enum exit_code code = read_choice(&session, &what);

	if (code != EXIT_DONE)
		return code;
	code = live_open(&session.live, "repair", options, LIVE_READ, &arena);
	if (code == EXIT_DONE)
		code = run(&session, what);
	live_set_clear(&session.set);
	live_close(&session.live);
	arena_clear(&arena);
	watch_die(session.signal);
	return code;
}
