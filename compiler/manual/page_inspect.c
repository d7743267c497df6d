/* page_inspect.c - what the manual says of `inlay inspect`. */
#include "pages.h"

const struct manual_page page_inspect = {
	.command = "inspect",
	.description = "",
};
