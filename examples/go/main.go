// Command notes brings its database up to date and writes a note.
package main

import (
	"errors"
	"fmt"
	"os"

	"example.com/notes/migrate"
	"example.com/notes/notes"
)

func run(path string) error {
	applied, err := migrate.Ensure(path)
	if err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	fmt.Println(applied, "applied")

	number, err := notes.Add(path, "hello")
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	fmt.Println(number, "written")
	return nil
}

func main() {
	path := "app.db"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	err := run(path)
	if err == nil {
		return
	}
	var failure *migrate.Error
	if errors.As(err, &failure) && failure.Line > 0 {
		fmt.Fprintf(os.Stderr, "%v at %s:%d\n", failure.Result, failure.File, failure.Line)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
