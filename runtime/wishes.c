/* wishes.c - reads struct inlay_baseline_scope, and holds it against the rows. */
#include "wishes.h"

#include "format.h"
#include "repeatable.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE_SIZE_MIN   sizeof(struct inlay_baseline_scope) /* 0.1.0 */
#define ADOPTED_SIZE_MAX 100

/* The decimal number of `count` digits; -1 when they are none. */
static int number_at(const char *digits, int count)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return -1;
		number = number * 10 + digits[i] - '0';
	}
	return number;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12)
		return 0;
	return month == 2 && is_leap ? 29 : days[month - 1];
}

/* "2026-11-20 09:30:00" */
static bool is_time(const char *text)
{
	static const char shape[] = "0000-00-00 00:00:00";
	int day;

	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] != '0' && text[i] != shape[i])
			return false;
	day = number_at(text + 8, 2);
	return number_at(text, 4) > 0 && day > 0 &&
	       day <= days_of(number_at(text, 4), number_at(text + 5, 2)) &&
	       number_at(text + 11, 2) >= 0 && number_at(text + 11, 2) < 24 &&
	       number_at(text + 14, 2) >= 0 && number_at(text + 14, 2) < 60 &&
	       number_at(text + 17, 2) >= 0 && number_at(text + 17, 2) < 60;
}

static bool is_scope(const struct inlay_baseline_scope *scope)
{
	return scope != NULL && scope->size >= SCOPE_SIZE_MIN && scope->to_version >= -1 &&
	       (scope->to_version >= 0) == (scope->row_count == 0) &&
	       (scope->row_count == 0 || scope->rows != NULL);
}

static bool wish_all(struct wishes *wishes, int64_t to_version)
{
	const struct inlay_image_migration *last = image_find(wishes->view, to_version);

	if (last == NULL)
		return false;
	for (ptrdiff_t i = 0; i <= last - wishes->view->migrations; i++)
		wishes->wishes[i].is_wanted = true;
	return true;
}

/* What is wrong with it, or NULL. */
static const char *wish_row(struct wishes *wishes, const struct inlay_baseline_row *row)
{
	const struct inlay_image_migration *migration = image_find(wishes->view, row->version);
	struct wish *wish;

	if (migration == NULL)
		return "which the set does not have";
	wish = &wishes->wishes[migration - wishes->view->migrations];
	if (wish->is_wanted)
		return "twice";
	if (row->applied_at != NULL && !is_time(row->applied_at))
		return "with another applied_at than \"YYYY-MM-DD HH:MM:SS\"";
	*wish = (struct wish){ true, row->applied_at };
	return NULL;
}

const char *wishes_create(struct wishes *wishes, const struct image_view *view,
                          const struct inlay_baseline_scope *scope, char *problem, size_t size)
{
	*wishes = (struct wishes){ .view = view, .scope = scope };
	if (!is_scope(scope))
		return "the scope is not set: begin with inlay_baseline_to() or "
		       "inlay_baseline_of()";
	if (scope->adopted_from != NULL &&
	    (scope->adopted_from[0] == '\0' || strlen(scope->adopted_from) > ADOPTED_SIZE_MAX))
		return "scope->adopted_from must have 1 to 100 bytes";
	wishes->wishes = calloc((size_t)view->migration_count + 1, sizeof(struct wish));
	wishes->items = calloc((size_t)view->migration_count + view->repeatable_count + 1,
	                       sizeof(struct wishes_item));
	if (wishes->wishes == NULL || wishes->items == NULL)
		return "";
	if (scope->to_version >= 0 && !wish_all(wishes, scope->to_version)) {
		format_into(problem, size,
		            "scope->to_version is %" PRId64 ", which the set does not have",
		            scope->to_version);
		return problem;
	}
	for (size_t i = 0; i < scope->row_count; i++) {
		const char *what = wish_row(wishes, &scope->rows[i]);

		if (what == NULL)
			continue;
		format_into(problem, size, "scope->rows has version %" PRId64 " %s",
		            scope->rows[i].version, what);
		return problem;
	}
	return NULL;
}

void wishes_destroy(struct wishes *wishes)
{
	free(wishes->wishes);
	free(wishes->items);
	wishes->wishes = NULL;
	wishes->items = NULL;
}

/* Repeatable migrations belong to the last version.  Of one that was applied with another text the
 * database knows best what it has. */
static void add_repeatables(struct wishes *wishes, const struct tracking_rows *rows)
{
	const struct image_view *view = wishes->view;
	const struct inlay_image_migration *head = &view->migrations[view->migration_count - 1];

	if (wishes->scope->repeatables == 0 || wishes->count == 0 ||
	    wishes->items[wishes->count - 1].migration != head)
		return;
	for (uint32_t i = 0; i < view->repeatable_count; i++)
		if (!repeatable_is_there(rows->repeatables, view, &view->repeatables[i]))
			wishes->items[wishes->count++] =
			        (struct wishes_item){ .migration = &view->repeatables[i],
				                      .is_repeatable = true };
}

const struct inlay_image_migration *wishes_hold_against(struct wishes *wishes,
                                                        const struct tracking_rows *rows)
{
	struct plan_cursor cursor;
	struct plan_item item;
	bool is_settled = true;

	wishes->count = 0;
	plan_start(&cursor, wishes->view, rows);
	while (plan_next(&cursor, &item)) {
		const struct wish *wish;

		if (item.row != NULL) {
			is_settled = is_settled && !plan_is_unsettled(item.row);
			continue;
		}
		wish = &wishes->wishes[item.migration - wishes->view->migrations];
		is_settled = is_settled && wish->is_wanted;
		if (wish->is_wanted && item.state == INLAY_STATE_LATE)
			return item.migration;
		if (wish->is_wanted)
			wishes->items[wishes->count++] =
			        (struct wishes_item){ item.migration, wish->applied_at, is_settled,
				                      false };
	}
	if (is_settled)
		add_repeatables(wishes, rows);
	return NULL;
}
