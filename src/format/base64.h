/*
 * Base64 with padding, as HTTP's Basic credentials and docker's config.json have it.
 *
 * Runs in: cli, fetch.
 * See: RFC 4648 section 4.
 */
#ifndef HOY_FORMAT_BASE64_H
#define HOY_FORMAT_BASE64_H

#include <stddef.h>

#include "base/str.h"

/* Appended to `out`. */
void base64_encode(const void *data, size_t len, struct str *out);
/* The whole text or nothing: no spaces, no other alphabet, padding where it belongs, no bits left
 * over. Appended to `out`. Returns 0 or -EINVAL. */
int base64_decode(const char *text, struct str *out);

#endif
