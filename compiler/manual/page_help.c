/* page_help.c - what the manual says of `inlay help`. */
#include "pages.h"

const struct manual_page page_help = {
	.command = "help",
	.description = "",
};
