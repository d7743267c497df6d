/* history.h - sets of many small migrations, and the same SQL for those who do without inlay. */
#ifndef INLAY_BENCH_HISTORY_H
#define INLAY_BENCH_HISTORY_H

#include "../../tests/support/set.h"

#define HISTORY_STATEMENT_COUNT 3   /* Of each migration: a table, a row, a column. */
#define HISTORY_SQL_SIZE        400 /* Enough for all of them. */

/* Statement `index` of migration `number`, from 1, without its semicolon. */
void history_statement(char sql[HISTORY_SQL_SIZE], int number, int index);

/* All statements of migration `number`, each with its semicolon. */
void history_script(char sql[HISTORY_SQL_SIZE], int number);

/* The migrations 1 to `count`; set_destroy() it. */
struct compiled_set history_compile(int count, enum inlay_dialect dialect);

/* `first`, and then migrations that all are `next`, `count` together; set_destroy() it. */
struct compiled_set history_compile_alike(int count, enum inlay_dialect dialect, const char *first,
                                          const char *next);

#endif
