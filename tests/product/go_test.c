/* go_test.c - examples/go: cgo finds what is installed by pkg-config, and an error of inlay is one
 * of Go's. */
#include "product.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_example(void **state)
{
	(void)state;
	product_expect_example(
	        "go",
	        "unset GOFLAGS; export GOTOOLCHAIN=local GO111MODULE=on CGO_ENABLED=1\n"
	        "go generate ./... && go vet ./... && go build -o app .\n"
	        "[ -z \"$(gofmt -l .)\" ]\n"
	        "[ \"$(./app | tr '\\n' ,)\" = '2 applied,1 written,' ]\n"
	        "[ \"$(./app | tr '\\n' ,)\" = '0 applied,2 written,' ]\n"
	        "add_unique && go generate ./... && go build -o app .\n"
	        "fails ./app\n"
	        "grep -x 'INLAY_FAILED at migrations/003_unique_notes.sql:1' said\n"
	        "grep '^migrating: migrations/003_unique_notes.sql:1:1: UNIQUE' said\n"
	        "fails env AUTO_MIGRATE=off ./app && grep '^migrating: 1 migration' said\n"
	        "fails ./app / && grep -x 'migrating: /: unable to open database file' said\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_example) };

	return cmocka_run_group_tests(tests, product_set_up, NULL);
}
