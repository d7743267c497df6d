/* rehearse_postgres.c - the set on a server. */
#include "rehearse.h"

void rehearse_postgres(struct rehearsal *rehearsal)
{
	(void)rehearsal;
}
