/* commands.h - the commands: one table, and one file and one function each. */
#ifndef INLAY_COMMANDS_H
#define INLAY_COMMANDS_H

#include "options.h"

/* All of them, in the order in which the usage lists them. */
const struct command *commands_all(size_t *count);

/* The command of that name, or NULL. */
const struct command *commands_find(const char *name);

/* What somebody may have meant who wrote the name of no command: another tool's word for one, or a
 * misspelt one.  Else what lists them all: "--help lists them". */
const char *commands_near(const char *name);

/* --- The build --- */

/* the next migration's file */
enum exit_code command_new(const struct options *options);

/* migrations in, one C file (and its header) out */
enum exit_code command_compile(const struct options *options);

/* every stage of certainty, and nothing written */
enum exit_code command_check(const struct options *options);

/* writes inlay.lock, and with --write the header checksums */
enum exit_code command_sum(const struct options *options);

/* one JSON object a line for each statement of a file */
enum exit_code command_split(const struct options *options);

/* the set inside an executable, a library or an object file */
enum exit_code command_inspect(const struct options *options);

/* --- A live database --- */

/* reads: works with read-only rights and on a standby */
enum exit_code command_status(const struct options *options);
enum exit_code command_history(const struct options *options);
enum exit_code command_verify(const struct options *options);
enum exit_code command_dump(const struct options *options);

/* the runtime does the work: its lock, its transactions, its guarantees */
enum exit_code command_up(const struct options *options);
enum exit_code command_down(const struct options *options);
enum exit_code command_redo(const struct options *options);

/* tells what is wrong and what it will do, then does it */
enum exit_code command_repair(const struct options *options);

/* --- What is there already --- */

/* records without running */
enum exit_code command_baseline(const struct options *options);

/* another tool's tables in, rows of ours beside them */
enum exit_code command_adopt(const struct options *options);

/* another tool's migrations in, native ones out */
enum exit_code command_import(const struct options *options);

/* --- Help --- */

enum exit_code command_help(const struct options *options);
enum exit_code command_manual(const struct options *options);
enum exit_code command_completion(const struct options *options);

#endif
