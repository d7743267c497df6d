/* page_history.c - what the manual says of `inlay history`. */
#include "pages.h"

const struct manual_page page_history = {
	.command = "history",
	.description = "",
};
