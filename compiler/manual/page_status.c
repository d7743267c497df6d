/* page_status.c - what the manual says of `inlay status`. */
#include "pages.h"

const struct manual_page page_status = {
	.command = "status",
	.description = "",
};
