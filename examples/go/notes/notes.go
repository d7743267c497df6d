// Package notes writes notes into a SQLite file whose schema is there.
package notes

/*
#cgo pkg-config: sqlite3
#include <sqlite3.h>
#include <stdlib.h>
*/
import "C"

import (
	"errors"
	"unsafe"
)

// Add writes a note and returns its number.
func Add(path, text string) (int64, error) {
	var database *C.sqlite3
	var statement *C.sqlite3_stmt
	name, note := C.CString(path), C.CString(text)
	insert := C.CString("INSERT INTO note (text, written_on) VALUES (?1, date())")
	defer C.free(unsafe.Pointer(name))
	defer C.free(unsafe.Pointer(note))
	defer C.free(unsafe.Pointer(insert))

	defer func() { C.sqlite3_close(database) }()
	if C.sqlite3_open(name, &database) != C.SQLITE_OK ||
		C.sqlite3_prepare_v2(database, insert, -1, &statement, nil) != C.SQLITE_OK {
		return 0, errors.New(C.GoString(C.sqlite3_errmsg(database)))
	}
	defer C.sqlite3_finalize(statement)
	if C.sqlite3_bind_text(statement, 1, note, -1, nil) != C.SQLITE_OK ||
		C.sqlite3_step(statement) != C.SQLITE_DONE {
		return 0, errors.New(C.GoString(C.sqlite3_errmsg(database)))
	}
	return int64(C.sqlite3_last_insert_rowid(database)), nil
}
