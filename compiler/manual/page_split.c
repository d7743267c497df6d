/* page_split.c - what the manual says of `inlay split`. */
#include "pages.h"

const struct manual_page page_split = {
	.command = "split",
	.description = "",
};
