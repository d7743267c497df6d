// Package migrate brings a SQLite file to the schema that this program was compiled with.
package migrate

/*
#cgo pkg-config: inlay-sqlite
#include "app_migrations.h"
#include <sqlite3.h>
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"unsafe"
)

//go:generate inlay compile --quiet ../migrations -o app_migrations.c

// Result says what happened, and what the database looks like afterwards: see enum inlay_result.
type Result int

const (
	Locked  Result = C.INLAY_LOCKED
	Edited  Result = C.INLAY_EDITED
	Failed  Result = C.INLAY_FAILED
	Pending Result = C.INLAY_PENDING
)

func (result Result) String() string {
	return C.GoString(C.inlay_result_name(uint32(result)))
}

// Error is what Ensure returns when the schema is not there; its text is for people.
type Error struct {
	Result  Result
	Version int64 // Of the migration to blame; -1 of none.
	File    string
	Line    int // 0 when unknown, as Column.
	Column  int
	Code    int // SQLite's extended result code.
	message string
}

func (e *Error) Error() string {
	return e.message
}

// Ensure applies what is pending and returns how many migrations that were.  The connection is its
// own, and closed again: call it before a driver opens the file.
func Ensure(path string) (applied int, err error) {
	var database *C.sqlite3
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	defer func() { C.sqlite3_close(database) }()
	if code := C.sqlite3_open(name, &database); code != C.SQLITE_OK {
		return 0, fmt.Errorf("%s: %s", path, C.GoString(C.sqlite3_errstr(code)))
	}

	ended := C.inlay_error_init()
	if C.ensure_migrated_sqlite(database, &C.app_migrations, nil, &ended) != C.INLAY_OK {
		return int(ended.applied_count), newError(&ended)
	}
	return int(ended.applied_count), nil
}

func newError(ended *C.struct_inlay_error) *Error {
	return &Error{
		Result:  Result(ended.result),
		Version: int64(ended.version),
		File:    C.GoString(&ended.file[0]),
		Line:    int(ended.line),
		Column:  int(ended.column),
		Code:    int(ended.code),
		message: C.GoString(&ended.message[0]),
	}
}
