/*
 * A row of a list in JSON, byte by byte as docker's: its members by name, and "<", ">" and "&"
 * escaped, as Go does for who would put it into HTML.
 *
 * Runs in: cli.
 * See: pkg.go.dev/encoding/json, Marshal.
 */
#ifndef HOY_CLI_LISTING_JSON_H
#define HOY_CLI_LISTING_JSON_H

#include <stdbool.h>

#include "base/str.h"

struct json_object;

/* Does this format ask for whole rows? */
bool listing_json_is_meant(const char *format);
/* Append `row`, an object. Returns 0 or -ENOMEM. */
int listing_json_row(struct json_object *row, struct str *out);
/* Append `rows`, an array of them: "[...]". */
int listing_json_rows(struct json_object *rows, struct str *out);

#endif
