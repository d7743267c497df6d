/* document.h - a user's file: opened, upgraded with a backup, or refused in the user's words. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <sqlite3.h>

/* For the person at the screen. */
struct message {
	char text[10000]; /* Two paths fit. */
};

/*
 * Opens the file, makes it when it is not there, and brings it to this program's schema; what it
 * held before is then in "NAME.v12.bak", 12 being the version it had.  The file is this program's
 * alone until it is closed.
 *
 * Returns NULL, with `message`, when that can not be: then the file is as it was.  `message` is ""
 * or tells of the upgrade otherwise.
 */
sqlite3 *document_open(const char *path, struct message *message);

/* Puts a backup back; what the file held is backed up before.  0, with `message`, when that can not
 * be: then the file is as it was. */
int document_restore(const char *path, const char *backup, struct message *message);

#endif
