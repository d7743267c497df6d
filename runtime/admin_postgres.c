/* admin_postgres.c - the admin endpoints over PostgreSQL: who calls only this links only that
 * driver. */
#include "admin.h"

void inlay_admin_handle_postgres(const struct inlay_admin *admin,
                                 const struct inlay_admin_request *request,
                                 struct pg_conn *connection, struct inlay_admin_response *response)
{
	struct admin_request all = { &driver_postgres, admin, request, connection, response };

	admin_handle(&all);
}
