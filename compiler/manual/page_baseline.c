/* page_baseline.c - what the manual says of `inlay baseline`. */
#include "pages.h"

const struct manual_page page_baseline = {
	.command = "baseline",
	.description = "",
};
