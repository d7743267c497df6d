/* page_repair.c - what the manual says of `inlay repair`. */
#include "pages.h"

const struct manual_page page_repair = {
	.command = "repair",
	.description = "",
};
