/*
 * A template while it is evaluated: values, and what functions need of the machinery.
 *
 * A value is a json-c object that somebody else keeps alive: the caller's document, the
 * template's constants, or the run's own pool of what functions made. There is no boxing: a
 * value is two words.
 *
 * Runs in: cli.
 */
#ifndef HOY_FORMAT_TEMPLATE_RUN_H
#define HOY_FORMAT_TEMPLATE_RUN_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/template_tree.h"

enum {
	TEMPLATE_MAX = 64 * 1024,
	TEMPLATE_DEPTH_MAX = 64,
	TEMPLATE_VARIABLES_MAX = 256,
	TEMPLATE_ARGUMENTS_MAX = 64,
	TEMPLATE_STEPS_MAX = 1024 * 1024,
	TEMPLATE_OUTPUT_MAX = 64 * 1024 * 1024
};

struct value {
	struct json_object *json; /* NULL: nil */
	/* nil because there is no such entry: printed as "<no value>" */
	bool is_missing;
	bool is_absent; /* nil because docker's JSON leaves the member out */
	/* how a nil member is printed: "[]", "map[]", "<nil>"; NULL: "<no value>" */
	const char *nil_text;
};

struct variable {
	const char *name;
	struct value value;
};

struct run {
	const struct template *template;
	struct json_object *pool;   /* an array that owns what functions made */
	struct variable *variables; /* room for TEMPLATE_VARIABLES_MAX */
	size_t variable_count;
	size_t steps;
	size_t made_bytes;
	struct str *out;
	struct err *e;
};

/* A call of a function, and where it stands. */
struct call {
	struct run *run;
	const char *name;
	const char *at;
	size_t len;
	const struct value *args;
	size_t count;
};

struct template_function {
	const char *name;
	size_t min;
	size_t max;
	int (*call)(const struct call *call, struct value *ret);
};

/* NULL: there is none. `and` and `or` are known by name in template_run.c too, because they do
 * not evaluate all arguments. */
const struct template_function *template_function_find(const char *name, size_t len);

/* "template parsing error: template: :1:2: executing "" at <source>: ..."; returns -EINVAL. */
int run_fail(struct run *run, const char *at, const char *source, size_t len,
	     const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same for a function: "error calling NAME: ...". */
int call_fail(const struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* New values, kept by the run. 0, -ENOMEM, or -EINVAL when the run has made too much. */
int run_own(struct run *run, struct json_object *take_json, struct value *ret);
int run_text(struct run *run, const struct str *text, struct value *ret);

/* --- template_value.c -------------------------------------------------------------------- */

enum json_type value_type(struct value value);
/* A number, not a string of digits. */
bool value_is_number(struct value value);
/* Neither false, 0, "", empty, nor nil. */
bool value_is_true(struct value value);
/* As Go's %v: "map[a:1 b:2]", "[x y]", "true", "<nil>" inside and "<no value>" alone. */
void value_print(struct value value, struct str *out);
/* A double as Go's %v: the shortest text that reads back the same. */
void double_print(double number, struct str *out);
/* The keys of an object in order, in heap memory owned by the caller (not the keys); NULL when
 * empty or without memory. */
const char **object_keys(struct json_object *object, size_t *ret_count);
/* Go's name of its type, for errors: "string", "int", "map[string]interface {}". */
const char *value_type_name(struct value value);

/* --- template_printf.c ------------------------------------------------------------------- */

/* Go's fmt.Sprintf over values, appended to `out`. */
void value_printf(const char *format, const struct value *args, size_t count, struct str *out);

#endif
