#!/bin/sh
# example_desktop.sh - what tests/product/desktop_example_test.c asks of examples/desktop.

# Usage: said FILE TEXT.  A line of the file is just that.
said() {
	grep -qxF "$2" "$1" || {
		cat "$1"
		echo "not said: $2"
		exit 1
	}
}

# Usage: refused NAME COMMAND...  It ends in 1; what it says goes to `err`.
refused() {
	name=$1
	shift
	status=0
	"$@" 2>err || status=$?
	[ $status = 1 ] || {
		cat err
		echo "not refused: $name"
		exit 1
	}
}

# Usage: release NUMBER.  ./notesNUMBER is this directory's program as it is now.
release() {
	inlay sum --quiet --relock migrations
	make
	cp notes "notes$1"
}

ask() {
	sqlite3 "$1" "$2"
}

release_2() {
	echo 'ALTER TABLE note ADD COLUMN done INTEGER NOT NULL DEFAULT 0;' >migrations/003_done.sql
	release 2
}

# Root may do what the modes of files forbid; without capabilities it may not.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --bounding-set=-all --inh-caps=-all "$@"
	else
		"$@"
	fi
}

three_releases() {
	release 1
	./notes1 my.notes 'buy milk' 2>err
	[ ! -s err ]
	[ "$(ls my.notes*)" = my.notes ]
	release_2
	[ "$(./notes2 my.notes 2>err)" = 'buy milk' ]
	said err 'my.notes was upgraded; what it was before is in my.notes.v2.bak.'
	[ "$(ls my.notes*)" = "$(printf 'my.notes\nmy.notes.v2.bak')" ]
	[ "$(ask my.notes.v2.bak 'SELECT text FROM note; PRAGMA integrity_check;
		SELECT max(version) FROM schema_migrations')" = "$(printf 'buy milk\nok\n2')" ]
	[ "$(./notes1 my.notes.v2.bak 2>err)" = 'buy milk' ]
	./notes2 my.notes 'read' 2>err
	[ ! -s err ]

	# A newer program's file.
	cp my.notes before
	refused newer ./notes1 my.notes
	said err 'my.notes was written by a newer version of Notes. Install that one to open it.'
	cmp my.notes before

	# The first migration is fine, the second one is not: none of them stays.
	echo 'CREATE TABLE tag (name TEXT NOT NULL);' >migrations/004_tags.sql
	echo 'CREATE UNIQUE INDEX note_color ON note (color);' >migrations/005_unique.sql
	release 3
	refused failing ./notes3 my.notes
	grep '^my.notes could not be upgraded. It is as it was, and there is a copy in my.notes.v3.bak. ' err
	grep '(migrations/005_unique.sql:1:1: UNIQUE constraint failed: note.color (SQLite 2067))$' err
	[ "$(./notes2 my.notes 2>err)" = "$(printf 'buy milk\nread')" ]
	[ ! -s err ]
	[ "$(ask my.notes "SELECT count(*) FROM sqlite_schema WHERE name = 'tag'")" = 0 ]
	[ "$(ask my.notes.v3.bak 'SELECT count(*) FROM note')" = 2 ]

	# The mended release goes on, and of backups the last three stay.
	echo 'CREATE INDEX note_color ON note (color);' >migrations/005_unique.sql
	release 4
	touch my.notes.v0.bak my.notes.v1.bak my.notes.vx.bak my.notes.v1.bak.old other.v0.bak
	[ "$(./notes4 my.notes 2>err | wc -l)" = 2 ]
	said err 'my.notes was upgraded; what it was before is in my.notes.v3.bak.'
	[ "$(echo ./*.bak*)" = './my.notes.v1.bak ./my.notes.v1.bak.old ./my.notes.v2.bak'\
' ./my.notes.v3.bak ./my.notes.vx.bak ./other.v0.bak' ]
}

not_to_be_written() {
	release 1
	mkdir folder
	./notes1 folder/a 'one'
	cp folder/a folder/b
	cp folder/a folder/c
	release_2
	./notes2 folder/c
	chmod 444 folder/b folder/c
	[ "$(as_user ./notes2 folder/c)" = one ]
	refused 'a file that may not be written' as_user ./notes2 folder/b
	said err 'folder/b is from an older Notes and has to be upgraded, but it may not be written. Make a copy of it, and open that.'
	chmod 555 folder
	refused 'a folder that may not be written' as_user ./notes2 folder/a
	said err 'No copy of folder/a could be written to folder/a.v2.bak (unable to open database file), so it was not upgraded. It is as it was.'
	refused 'a new file there' as_user ./notes2 folder/new
	said err 'folder/new can not be opened or made: does its folder exist, and may you write there?'
	refused 'no folder' ./notes2 nowhere/new
	said err 'nowhere/new can not be opened or made: does its folder exist, and may you write there?'
	[ "$(as_user ./notes1 folder/a)" = one ]
	chmod 755 folder
	[ "$(./notes2 folder/a 2>err)" = one ]
}

# After so many writes the disk is full: to a name that ends in $FULL.
full_disk() {
	cat >full.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_full(int descriptor)
{
	static int left = -1;
	char link[40], path[4096];
	const char *end = getenv("FULL");
	ssize_t size;

	if (left < 0)
		left = getenv("LEFT") != NULL ? (int)strtol(getenv("LEFT"), NULL, 10) : 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	size = readlink(link, path, sizeof(path) - 1);
	path[size < 0 ? 0 : size] = '\0';
	if (size < (ssize_t)strlen(end) || strcmp(path + size - strlen(end), end) != 0)
		return 0;
	return left-- <= 0;
}

ssize_t pwrite64(int descriptor, const void *start, size_t size, off64_t offset)
{
	ssize_t (*next)(int, const void *, size_t, off64_t);

	*(void **)&next = dlsym(RTLD_NEXT, "pwrite64");
	if (!is_full(descriptor))
		return next(descriptor, start, size, offset);
	errno = ENOSPC;
	return -1;
}
C
	gcc -shared -fPIC -o full.so full.c -ldl
	release 1
	for text in one two three; do ./notes1 my.notes $text; done
	cp my.notes before
	release_2
	refused 'no room for a backup' env LD_PRELOAD="$PWD/full.so" FULL=.bak.part LEFT=2 ./notes2 my.notes
	said err 'There is no room on the disk for a copy of my.notes, so it was not upgraded. It is as it was.'
	[ "$(ls my.notes*)" = my.notes ]
	cmp my.notes before
	refused 'no room for the upgrade' env LD_PRELOAD="$PWD/full.so" FULL=/my.notes-journal LEFT=1 ./notes2 my.notes
	said err 'There is no room on the disk to upgrade my.notes. It is as it was.'
	[ "$(./notes1 my.notes | wc -l)" = 3 ]
	[ "$(./notes2 my.notes | wc -l)" = 3 ]
}

killed() {
	release 1
	./notes1 my.notes wait
	# It takes for ever as long as there is a note "wait".
	cat >migrations/003_slow.sql <<'SQL'
CREATE TABLE tag (name TEXT NOT NULL);
UPDATE note SET color = (
    WITH RECURSIVE number (n) AS (
        SELECT 1 UNION ALL SELECT n + 1 FROM number
        WHERE n < (SELECT CASE text WHEN 'wait' THEN 1000000000000 ELSE 1 END FROM note)
    ) SELECT count(*) FROM number
);
SQL
	release 2
	echo 'no database' >my.notes.v2.bak.part # As if a copy had been killed before.
	./notes2 my.notes &
	killed=$!
	until [ -s my.notes-journal ]; do
		kill -0 $killed
		sleep 0.05
	done
	refused 'in use' ./notes1 my.notes
	said err 'my.notes is open in another program.'
	refused 'in use' ./notes1 --restore my.notes.v2.bak my.notes
	said err 'my.notes is open in another program.'
	kill -KILL $killed
	wait $killed || true
	[ -e my.notes-journal ]
	[ "$(ask my.notes.v2.bak 'SELECT text FROM note; PRAGMA integrity_check')" = "$(printf 'wait\nok')" ]
	[ "$(./notes1 my.notes)" = wait ]
	[ "$(ask my.notes "SELECT count(*) FROM sqlite_schema WHERE name = 'tag'")" = 0 ]
	ask my.notes "UPDATE note SET text = 'go'"
	[ "$(./notes2 my.notes 2>err)" = go ]
	said err 'my.notes was upgraded; what it was before is in my.notes.v2.bak.'
	[ "$(ask my.notes.v2.bak 'SELECT text FROM note')" = go ]
	[ "$(echo my.notes*)" = 'my.notes my.notes.v2.bak' ]
}

# Usage: hold FILE SQL.  Another program has it open, until `let_go`.
hold() {
	mkfifo pipe
	sqlite3 "$1" <pipe >begun &
	holder=$!
	exec 3>pipe
	echo "$2; SELECT 'begun';" >&3
	until grep -q begun begun; do sleep 0.05; done
}

let_go() {
	exec 3>&-
	wait $holder
	rm pipe begun
}

put_back() {
	release 1
	./notes1 my.notes one
	release_2
	./notes2 my.notes two 2>err
	hold my.notes 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT'
	refused 'in use' ./notes2 --restore my.notes.v2.bak my.notes
	said err 'my.notes is open in another program.'
	refused 'in use' ./notes2 my.notes
	said err 'my.notes is open in another program.'
	let_go
	[ "$(./notes2 my.notes)" = "$(printf 'one\ntwo')" ]
	[ "$(./notes2 --restore my.notes.v2.bak my.notes)" = 'my.notes is as it was in my.notes.v2.bak' ]
	[ "$(./notes1 my.notes 2>err)" = one ]
	[ "$(ask my.notes.before-restore-1.bak 'SELECT count(*) FROM note')" = 2 ]
	./notes2 --restore my.notes.before-restore-1.bak my.notes
	[ "$(ask my.notes.before-restore-2.bak 'SELECT count(*) FROM note')" = 1 ]
	[ "$(./notes2 my.notes 2>err)" = "$(printf 'one\ntwo')" ]
	./notes2 --restore my.notes.v2.bak new.notes # Where the file was lost.
	[ "$(./notes1 new.notes)" = one ]

	cp my.notes before
	head -c 5000 my.notes.v2.bak >half.bak
	refused 'half a backup' ./notes2 --restore half.bak my.notes
	grep '^half.bak is damaged' err
	sqlite3 other.db 'CREATE TABLE theirs (it TEXT)'
	refused "another program's file" ./notes2 --restore other.db my.notes
	said err 'other.db is no Notes file.'
	refused 'no backup' ./notes2 --restore nothing.bak my.notes
	refused "another program's file" ./notes2 other.db
	said err 'other.db is no Notes file.'
	seq 1000 >text
	refused 'a text' ./notes2 text
	said err 'text is no Notes file.'
	refused 'nothing at all' ./notes2
	sqlite3 strange 'PRAGMA application_id = 1313821765; CREATE TABLE schema_migrations (it TEXT)'
	refused "another tool's table" ./notes2 strange
	grep "^strange can not be opened. (.* is another tool's table" err
	[ "$(echo strange*)" = strange ]
	: >empty.bak
	refused 'an empty file' ./notes2 --restore empty.bak my.notes
	said err 'empty.bak is empty.'
	cmp my.notes before

	# A file that nothing can be read of: the way out that it is told of works.
	printf 'XXXXXXXXXXXXXXXX' | dd of=my.notes bs=1 seek=100 conv=notrunc 2>dd
	for try in open restore; do
		case $try in
		open) refused damaged ./notes2 my.notes ;;
		restore) refused damaged ./notes2 --restore my.notes.v2.bak my.notes ;;
		esac
		said err 'my.notes is damaged. Move it away, then put a copy back by --restore.'
	done
	mv my.notes away
	./notes2 --restore my.notes.v2.bak my.notes
	[ "$(./notes1 my.notes)" = one ]

	ask my.notes 'DROP TABLE note'
	refused 'a note that is nowhere' ./notes1 my.notes two
	said err 'my.notes: no such table: note'
}

# Names that SQLite takes for something else than a file's.
names() {
	release 1
	for name in file:a.notes :memory: 'file:b?mode=memory'; do
		./notes1 "$name" one
		[ "$(./notes1 "$name")" = one ]
		[ -s "./$name" ]
	done
	release_2
	[ "$(./notes2 file:a.notes 2>err)" = one ]
	said err './file:a.notes was upgraded; what it was before is in ./file:a.notes.v2.bak.'
	./notes2 --restore file:a.notes.v2.bak :memory:
	[ "$(echo ./*.notes)" = './file:a.notes' ]
	refused 'no name' ./notes2 '' one
	refused 'no file' ./notes2 --restore file:a.notes.v2.bak
	[ ! -e ./--restore ]
}

# A file in WAL mode, whose last note is only in the log, as the program that wrote it was killed.
write_ahead_log() {
	release 1
	./notes1 my.notes one
	hold my.notes "PRAGMA journal_mode = WAL; INSERT INTO note (text) VALUES ('two')"
	kill -KILL $holder
	exec 3>&-
	wait $holder || true
	[ -s my.notes-wal ]
	release_2
	[ "$(./notes2 my.notes 2>err)" = "$(printf 'one\ntwo')" ]
	said err 'my.notes was upgraded; what it was before is in my.notes.v2.bak.'
	[ "$(echo my.notes*)" = 'my.notes my.notes.v2.bak' ]
	[ "$(ask my.notes 'PRAGMA journal_mode')" = wal ]
	[ "$(ask my.notes.v2.bak 'PRAGMA journal_mode; SELECT text FROM note')" = "$(printf 'delete\none\ntwo')" ]
	[ "$(echo my.notes*)" = 'my.notes my.notes.v2.bak' ]
	./notes2 my.notes three
	./notes2 --restore my.notes.v2.bak my.notes
	[ "$(./notes1 my.notes)" = "$(printf 'one\ntwo')" ]
	[ ! -e my.notes-wal ]
}

"$@"
