/* beside.h - Sqitch keeps what it did to a SQLite database in a file of its own. */
#ifndef INLAY_ADOPT_BESIDE_H
#define INLAY_ADOPT_BESIDE_H

#include "live/live.h"

/* Makes "sqitch" with the suffix of a SQLite database (shop.db: sqitch.db), in its directory, its
 * schema "sqitch"; false: there is none, or it is no database. */
bool beside_attach(struct live *live);
void beside_detach(struct live *live);

#endif
