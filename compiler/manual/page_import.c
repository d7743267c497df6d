/* page_import.c - what the manual says of `inlay import`. */
#include "pages.h"

const struct manual_page page_import = {
	.command = "import",
	.description = "",
};
