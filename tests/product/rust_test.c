/* rust_test.c - examples/rust: build.rs compiles the migrations whenever they change, rusqlite's
 * connection is handed to inlay, and an error of inlay is one of Rust's. */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* What the crates of others become is kept, and shared with docs/languages.md. */
static void the_example(void **state)
{
	(void)state;
	product_expect_example(
	        "rust",
	        "target=$ROOT/.zig-cache/cargo; export CARGO_TARGET_DIR=\"$target\"\n"
	        "export CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0\n"
	        "trap 'cargo clean --quiet --package notes' EXIT\n"
	        "cargo build --locked\n"
	        "[ \"$($target/debug/notes | tr '\\n' ,)\" = '2 applied,1 written,' ]\n"
	        "[ \"$($target/debug/notes | tr '\\n' ,)\" = '0 applied,2 written,' ]\n"
	        "$target/debug/notes \"$(printf '\\377.db')\" && [ -s \"$(printf '\\377.db')\" ]\n"
	        "cargo build --locked 2>said && if grep Compiling said; then exit 1; fi\n"
	        "cargo test --locked\n"
	        "add_unique && cargo build --locked\n"
	        "fails $target/debug/notes\n"
	        "grep -x 'INLAY_FAILED at migrations/003_unique_notes.sql:1' said\n"
	        "grep '^migrations/003_unique_notes.sql:1:1: UNIQUE constraint' said\n"
	        "fails $target/debug/notes / && grep 'unable to open database file' said\n"
	        "echo 'CREATE TABEL x (y);' >migrations/004_x.sql\n"
	        "fails cargo build --locked\n"
	        "grep 'migrations/004_x.sql:1:8: error: ' said\n"
	        "if grep panicked said; then exit 1; fi\n");
}

/* The struct's members, in order, and its size. */
static void its_struct_is_that_of_c(void **state)
{
	(void)state;
	product_expect_example(
	        "rust",
	        "sed -n '/^struct inlay_error,/,/^struct inlay_event,/p'"
	        " \"$ROOT/tests/abi/layout\" >layout\n"
	        "sed -n '/^struct RawError/,/^}/p' src/inlay.rs >struct.rs\n"
	        "awk '/^ / { print $NF }' layout >theirs\n"
	        "awk -F'[ :]+' '/^    / { print $2 }' struct.rs >ours\n"
	        "diff ours theirs\n"
	        "size=$(awk -F'[, ]+' 'NR == 1 { print $3 }' layout)\n"
	        "check() { { echo 'use std::os::raw::{c_char, c_int};'\n"
	        "	sed 's/^struct/#[repr(C)] #[allow(dead_code)] &/' struct.rs\n"
	        "	echo \"const _: () = assert!(std::mem::size_of::<RawError>() == $1);\"\n"
	        "	} >check.rs; rustc --crate-type=lib --emit=metadata check.rs; }\n"
	        "check \"$size\"\n"
	        "fails check 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example),
		cmocka_unit_test(its_struct_is_that_of_c),
	};

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
