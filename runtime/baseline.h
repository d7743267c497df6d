/* baseline.h - inlay_baseline() over any driver. */
#ifndef INLAY_BASELINE_H
#define INLAY_BASELINE_H

#include "call.h"

enum inlay_result baseline_run(const struct request *request,
                               const struct inlay_baseline_scope *scope);

#endif
