/* page_check.c - what the manual says of `inlay check`. */
#include "pages.h"

const struct manual_page page_check = {
	.command = "check",
	.description = "",
};
