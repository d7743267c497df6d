/* commands.h - the subcommands: one file each, one function each. */
#ifndef INLAY_COMMANDS_H
#define INLAY_COMMANDS_H

#include "options.h"

/* migrations in, one C file (and its header) out */
enum exit_code command_compile(const struct options *options);

/* every stage of certainty, and nothing written */
enum exit_code command_check(const struct options *options);

/* writes inlay.lock, and with --write the header checksums */
enum exit_code command_sum(const struct options *options);

/* another tool's migrations in, native ones out */
enum exit_code command_import(const struct options *options);

/* one JSON object a line for each statement of a file */
enum exit_code command_split(const struct options *options);

#endif
