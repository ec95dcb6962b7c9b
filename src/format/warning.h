/*
 * The Warning header: what a registry wants its users to know.
 *
 *   Warning: 299 - "the tag is to be removed in May", 299 - "another one"
 *
 * Runs in: fetch.
 * See: RFC 7234 section 5.5; OCI distribution-spec "Warnings".
 */
#ifndef HOY_FORMAT_WARNING_H
#define HOY_FORMAT_WARNING_H

#include "base/str.h"

enum { WARNING_HEADER_MAX = 4096 };

/*
 * Append the texts of one header's value to `ret`, in `arena`, as they came: whoever prints
 * them makes them printable. Only what the specification knows counts: code 299, agent "-", no
 * date, a text; others are left out. What is malformed ends the reading, and what came before it
 * counts. Returns 0 or -ENOMEM.
 */
int warning_parse(const char *value, struct arena *arena, struct strv *ret);

#endif
