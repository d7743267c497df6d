/* status.h - inlay_status() and inlay_history() over any driver: they read, and change nothing. */
#ifndef INLAY_STATUS_H
#define INLAY_STATUS_H

#include "call.h"

enum inlay_result status_run(const struct request *request,
                             void (*each)(void *context, const struct inlay_migration_status *row),
                             void *context);

/* request->set is not looked at. */
enum inlay_result history_run(const struct request *request,
                              void (*each)(void *context, const struct inlay_history_entry *entry),
                              void *context);

#endif
