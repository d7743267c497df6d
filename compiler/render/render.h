/* render.h - diagnostics as text for people and for machines: one function a format, all of them
 * pure. */
#ifndef INLAY_RENDER_H
#define INLAY_RENDER_H

#include "diagnostics.h"
#include "source.h"

/* "path:line:column: warning: message [rule]", then the source in a frame, the place underlined,
 * lock, help, rewrite and patch.  `least` is the mildest severity shown, here and below.  After the
 * hundredth error, the hundredth warning, or the third note of a rule, it only counts.  `color`:
 * ANSI sequences. */
void render_text(struct diagnostics *diagnostics, enum severity least, bool color,
                 struct buffer *out);

/* "1 error and 2 warnings in 2 files (14 files read)"; nothing when there is neither, or when
 * no file was read. */
void render_summary(struct diagnostics *diagnostics, enum severity least, struct buffer *out);

/* One line each, "path:line:column: warning: message [rule]": what editors and CI match. */
void render_gcc(struct diagnostics *diagnostics, enum severity least, struct buffer *out);

/* Workflow commands of GitHub Actions: ::warning file=...,line=...,endLine=...,col=...::... */
void render_github(struct diagnostics *diagnostics, enum severity least, struct buffer *out);

/* One object: { "version": 1, "diagnostics": [...], "summary": {...} }, as docs/diagnostics.md
 * says. */
void render_json(struct diagnostics *diagnostics, enum severity least, struct buffer *out);

/* SARIF 2.1.0, with regions, rules and fixes. */
void render_sarif(struct diagnostics *diagnostics, enum severity least, struct buffer *out);

#endif
