/*
 * One entry of the log, byte for byte as docker's json-file driver writes it:
 *
 *   {"log":"text\n","stream":"stdout","time":"2026-11-23T15:52:01.123456789Z"}
 *
 * Escaped as Go does: < > & as \u003c \u003e \u0026, U+2028 and U+2029 too, each byte that is
 * not UTF-8 as \ufffd.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_LOG_LINE_H
#define HOY_MONITOR_LOG_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* What an entry is longer than its escaped text, and how much a byte of text may grow. */
enum { LOG_LINE_OVERHEAD = 96, LOG_LINE_GROWTH = 6 };

/*
 * Write an entry at `to`, which has room for len * LOG_LINE_GROWTH + LOG_LINE_OVERHEAD bytes.
 * `is_whole`: a newline belongs behind the text. `stamp` is a stamp_text. Returns its length.
 */
size_t log_line_format(char *to, const char *text, size_t len, bool is_whole,
		       const char *stream, const char *stamp);

/*
 * Where to cut `len` bytes of text so that no character is cut in two: `len`, or up to three
 * less. Bytes that are no UTF-8 are cut anywhere.
 */
size_t log_line_cut(const char *text, size_t len);

#endif
