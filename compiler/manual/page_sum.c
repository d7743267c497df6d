/* page_sum.c - what the manual says of `inlay sum`. */
#include "pages.h"

const struct manual_page page_sum = {
	.command = "sum",
	.description = "",
};
