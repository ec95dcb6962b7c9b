/*
 * One bounded pass over JSON text before a parser builds anything from it.
 *
 * json-c forgives: it keeps the last of two equal keys, saturates numbers that do not fit, cuts
 * a key at an embedded NUL, and two readers of one document may then disagree about what it
 * says. Everything of that kind is refused here.
 *
 * Runs in: cli, image.
 * See: RFC 8259.
 */
#ifndef HOY_FORMAT_JSON_SCAN_H
#define HOY_FORMAT_JSON_SCAN_H

#include <stddef.h>

#include "base/err.h"

enum { JSON_DEPTH_MAX = 64, JSON_NUMBER_MAX = 128 };

/*
 * Is `text` one JSON value: depth <= JSON_DEPTH_MAX, valid UTF-8 also behind escapes, no
 * duplicate key in any object, no NUL in a key, integers within int64_t or uint64_t, finite
 * numbers, nothing behind the value? Returns 0, -ENOMEM, or -EINVAL with "WHAT: line 3, column
 * 7: ...".
 */
int json_scan(const char *text, size_t len, const char *what, struct err *e);

/*
 * One character of a string at `*at` (not its closing quote): decoded to 1..4 bytes in `out`.
 * Returns their number, 0 when it is malformed; `*at` is behind it afterwards.
 */
size_t json_scan_char(const char **at, const char *end, char out[4]);

#endif
