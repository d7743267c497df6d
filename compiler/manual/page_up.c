/* page_up.c - what the manual says of `inlay up`. */
#include "pages.h"

const struct manual_page page_up = {
	.command = "up",
	.description = "",
};
