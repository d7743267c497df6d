/* page_down.c - what the manual says of `inlay down`. */
#include "pages.h"

const struct manual_page page_down = {
	.command = "down",
	.description = "",
};
