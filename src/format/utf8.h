/*
 * UTF-8, checked: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 *
 * Runs in: cli, image.
 * See: RFC 3629.
 */
#ifndef HOY_FORMAT_UTF8_H
#define HOY_FORMAT_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the valid sequence at `text` (1 to 4), or 0: there is none, or it is cut off.
 */
size_t utf8_len(const char *text, size_t len);
/* Are all `len` bytes valid? */
bool utf8_is_valid(const char *text, size_t len);
/* Write `rune` (up to 0x10ffff). Returns the number of bytes, 1 to 4. */
size_t utf8_put(unsigned int rune, char text[4]);
/* The character of a valid sequence of `len` bytes. */
unsigned int utf8_rune(const char *text, size_t len);
/* How many characters; an invalid byte counts as one. */
size_t utf8_count(const char *text, size_t len);

#endif
