/* ensure.h - ensure_migrated() and inlay_check() over any driver. */
#ifndef INLAY_ENSURE_H
#define INLAY_ENSURE_H

#include "call.h"

enum inlay_result ensure_run(const struct request *request);

enum inlay_result check_run(const struct request *request);

#endif
