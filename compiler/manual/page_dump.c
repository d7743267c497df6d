/* page_dump.c - what the manual says of `inlay dump`. */
#include "pages.h"

const struct manual_page page_dump = {
	.command = "dump",
	.description = "",
};
