/* page_redo.c - what the manual says of `inlay redo`. */
#include "pages.h"

const struct manual_page page_redo = {
	.command = "redo",
	.description = "",
};
