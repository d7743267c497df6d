/* functions.c - what the application brings, for compile_test.c: each function says its name. */
#include "set_call.h"

#include <stdio.h>

static int say(struct inlay_call *call, const char *name)
{
	return snprintf(call->message, sizeof(call->message), "%s", name) < 0;
}

int import_accounts(struct inlay_call *call)
{
	return say(call, "import_accounts");
}

int hash_passwords(struct inlay_call *call)
{
	return say(call, "hash_passwords");
}

int unhash_passwords(struct inlay_call *call)
{
	return say(call, "unhash_passwords");
}

int begin(struct inlay_call *call)
{
	return say(call, "begin");
}

int vacuum(struct inlay_call *call)
{
	return say(call, "vacuum");
}

int pragma(struct inlay_call *call)
{
	return say(call, "pragma");
}

int for_postgres(struct inlay_call *call)
{
	return say(call, "for_postgres");
}

int load_plans(struct inlay_call *call)
{
	return say(call, "load_plans");
}
