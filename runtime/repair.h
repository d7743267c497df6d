/* repair.h - the story of inlay_repair(). */
#ifndef INLAY_REPAIR_H
#define INLAY_REPAIR_H

#include "call.h"

enum inlay_result repair_run(const struct request *request, const struct inlay_repair_scope *scope);

#endif
