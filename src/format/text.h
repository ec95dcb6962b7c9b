/*
 * Small texts of docker's tables: times ago, shortened ids, truncated commands.
 *
 * Runs in: cli, runtime.
 */
#ifndef HOY_FORMAT_TEXT_H
#define HOY_FORMAT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* "2 minutes ago"; "" for 0. `now_ns` and `then_ns` are wall clock; a future `then_ns` counts
 * as now. */
void text_ago(uint64_t now_ns, uint64_t then_ns, struct str *out);
/* "2026-11-23 15:52:01 +0000 UTC" in the local time zone, as docker's CreatedAt. */
void text_created_at(uint64_t wall_ns, struct str *out);
/* The first `max` characters (not bytes); with an ellipsis as the last one when something was
 * cut. */
void text_truncate(const char *text, size_t max, struct str *out);
/* Go's strconv.Quote: in double quotes; control characters, quotes, backslashes and invalid
 * UTF-8 escaped. */
void text_quote(const char *text, struct str *out);
/*
 * For a terminal: control characters and invalid UTF-8 escaped, because names and paths in
 * sentences may come from an image, and must not move the cursor or change the title of a
 * window.
 */
void text_printable(const char *text, size_t len, struct str *out);
/* "sha256:" removed, 12 digits. */
void text_short_id(const char *id, struct str *out);

#endif
