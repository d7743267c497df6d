/* address_password.h - where in a connection string the passwords are. */
#ifndef INLAY_ADDRESS_PASSWORD_H
#define INLAY_ADDRESS_PASSWORD_H

#include "text.h"

/* The first one at or behind `from`, a place in `text`: its beginning, or the end of the one
 * before.  size 0: none. */
struct text address_find_password(const char *text, const char *from);

#endif
