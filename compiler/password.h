/* password.h - where in a connection string the passwords are, so that nobody else sees them. */
#ifndef INLAY_PASSWORD_H
#define INLAY_PASSWORD_H

#include "text.h"

/* The first one at or behind `from`, a place in `text`: its beginning, or the end of the one
 * before.  size 0: none. */
struct text password_find(const char *text, const char *from);

/* Puts asterisks over the passwords in `text`, which is the caller's. */
void password_hide(char *text);

/* The arguments of the program, to go on with; those in the list of processes, which everybody can
 * read, lose their passwords. */
char **password_take(int argc, char **argv);

#endif
