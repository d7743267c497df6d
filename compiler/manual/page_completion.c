/* page_completion.c - what the manual says of `inlay completion`. */
#include "pages.h"

const struct manual_page page_completion = {
	.command = "completion",
	.description = "",
};
