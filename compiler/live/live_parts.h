/* live_parts.h - what the files of live.h share. */
#ifndef INLAY_LIVE_PARTS_H
#define INLAY_LIVE_PARTS_H

#include "live.h"

/* Open live->address; EXIT_DONE, or EXIT_FAILED after a message. */
enum exit_code live_open_sqlite(struct live *live);
enum exit_code live_open_postgres(struct live *live, uint32_t wait_ms);

/* A client library's message in one line, without its hints. */
const char *live_line(struct arena *arena, const char *message);

#endif
