/* page_new.c - what the manual says of `inlay new`. */
#include "pages.h"

const struct manual_page page_new = {
	.command = "new",
	.description = "",
};
