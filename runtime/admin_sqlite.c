/* admin_sqlite.c - the admin endpoints over SQLite: who calls only this links only that driver. */
#include "admin.h"

void inlay_admin_handle_sqlite(const struct inlay_admin *admin,
                               const struct inlay_admin_request *request,
                               struct sqlite3 *connection, struct inlay_admin_response *response)
{
	struct admin_request all = { &driver_sqlite, admin, request, connection, response };

	admin_handle(&all);
}
