/* page_manual.c - what the manual says of `inlay manual`. */
#include "pages.h"

const struct manual_page page_manual = {
	.command = "manual",
	.description = "",
};
