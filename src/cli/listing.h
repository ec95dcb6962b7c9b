/*
 * Lists as docker prints them: rows are JSON objects, a template says what of them is shown,
 * tabs make aligned columns.
 *
 * `--format` is a template for each row, "table TEMPLATE" with a line of headers and aligned,
 * "json" for the whole row, "table" or nothing for the command's own columns. The header is the
 * same template evaluated over the titles, as docker does it.
 *
 * Runs in: cli.
 * See: docs.docker.com "Format command and log output"; pkg.go.dev/text/tabwriter.
 */
#ifndef HOY_CLI_LISTING_H
#define HOY_CLI_LISTING_H

#include "base/err.h"
#include "base/str.h"

struct json_object;

struct listing_title {
	const char *field; /* "ID" */
	const char *title; /* "CONTAINER ID" */
};

struct listing {
	/* ends with a zeroed one: every field that the rows have */
	const struct listing_title *titles;
	const char *standard; /* the command's own columns: "table {{.ID}}\t{{.Image}}" */
	const char *quiet;    /* -q: "{{.ID}}" */
	const char *format;   /* the user's --format; NULL */
	bool is_quiet;
};

/* Print `rows` (a JSON array, borrowed) to stdout. Returns 0 or -EINVAL with the template's
 * sentence. */
int listing_print(const struct listing *listing, struct json_object *rows, struct err *e);

/* Does the user's template parse? */
int listing_check(const char *format, struct err *e);

/* One value printed by a template, with a newline behind: `inspect --format`. */
int listing_print_one(const char *format, struct json_object *value, struct err *e);

/*
 * Go's text/tabwriter with docker's settings (cells at least 10 wide, 3 spaces between): `text`
 * has tabs between cells and a newline at the end of each line. The last cell of a line is not
 * padded. Appended to `out`.
 */
void table_align(const char *text, struct str *out);

#endif
