/* page_adopt.c - what the manual says of `inlay adopt`. */
#include "pages.h"

const struct manual_page page_adopt = {
	.command = "adopt",
	.description = "",
};
