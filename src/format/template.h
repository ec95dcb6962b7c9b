/*
 * The part of Go's text/template that users of `--format` need, evaluated over a JSON value.
 *
 * Fields (.A.B, also of maps with any key), index, range/else/end, if/else if/else/end, with,
 * len, eq ne lt le gt ge, and or not, print printf println, pipelines, variables ($x := ...),
 * trim markers ({{- -}}), comments, and docker's json split join title lower upper pad
 * truncate, table. Bounded: template size, nesting, output.
 *
 * Runs in: cli.
 * See: pkg.go.dev/text/template; docs.docker.com "Format command and log output".
 */
#ifndef HOY_FORMAT_TEMPLATE_H
#define HOY_FORMAT_TEMPLATE_H

#include "base/err.h"
#include "base/str.h"

struct json_object;
struct template;

/* Parse. Returns 0 with a template owned by the caller, or -EINVAL with docker's "template
 * parsing error: ..." sentence. */
int template_parse(const char *text, struct template **ret, struct err *e);
void template_free(struct template *t);
/*
 * Evaluate over `value` (borrowed), appending to `out`. A missing field of an object is an
 * error as with docker's inspect
 * ("map has no entry for key \"X\""). Returns 0 or -EINVAL with a sentence.
 */
int template_run(const struct template *t, struct json_object *value, struct str *out,
		 struct err *e);

#endif
