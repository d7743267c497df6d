/* rehearse_sqlite.c - the set on SQLite, in memory. */
#include "rehearse.h"

void rehearse_sqlite(struct rehearsal *rehearsal)
{
	(void)rehearsal;
}
