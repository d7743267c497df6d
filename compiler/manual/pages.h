/* pages.h - the pages, one a file. */
#ifndef INLAY_PAGES_H
#define INLAY_PAGES_H

#include "manual.h"

extern const struct manual_page page_adopt;
extern const struct manual_page page_baseline;
extern const struct manual_page page_check;
extern const struct manual_page page_compile;
extern const struct manual_page page_completion;
extern const struct manual_page page_down;
extern const struct manual_page page_dump;
extern const struct manual_page page_help;
extern const struct manual_page page_history;
extern const struct manual_page page_import;
extern const struct manual_page page_inspect;
extern const struct manual_page page_manual;
extern const struct manual_page page_new;
extern const struct manual_page page_redo;
extern const struct manual_page page_repair;
extern const struct manual_page page_split;
extern const struct manual_page page_status;
extern const struct manual_page page_sum;
extern const struct manual_page page_up;
extern const struct manual_page page_verify;

#endif
