/* page_compile.c - what the manual says of `inlay compile`. */
#include "pages.h"

const struct manual_page page_compile = {
	.command = "compile",
	.description = "",
};
