/* rollback.h - inlay_rollback() over any driver. */
#ifndef INLAY_ROLLBACK_H
#define INLAY_ROLLBACK_H

#include "call.h"

enum inlay_result rollback_run(const struct request *request,
                               const struct inlay_rollback_scope *scope);

#endif
