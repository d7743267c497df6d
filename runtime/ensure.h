/* ensure.h - ensure_migrated() over any driver. */
#ifndef INLAY_ENSURE_H
#define INLAY_ENSURE_H

#include "call.h"

enum inlay_result ensure_run(const struct request *request);

#endif
