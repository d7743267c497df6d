/* page_verify.c - what the manual says of `inlay verify`. */
#include "pages.h"

const struct manual_page page_verify = {
	.command = "verify",
	.description = "",
};
