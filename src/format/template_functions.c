/*
 * What templates can call: Go's built-in functions and docker's. See template_run.h.
 *
 * Over 500 lines because it is one thing: a table of functions that are small and many.
 *
 * Runs in: cli.
 * See: pkg.go.dev/text/template "Functions"; docker cli/templates.
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "format/json.h"
#include "format/template_run.h"
#include "format/utf8.h"

static int give_bool(const struct call *call, bool answer, struct value *ret)
{
	return run_own(call->run, json_object_new_boolean(answer), ret);
}

static int give_integer(const struct call *call, int64_t number, struct value *ret)
{
	return run_own(call->run, json_object_new_int64(number), ret);
}

/* The argument as a string; nil is "". */
static int want_text(const struct call *call, size_t index, const char **ret)
{
	struct value value = call->args[index];

	if (value.json && value_type(value) != json_type_string)
		return call_fail(call, "wrong type for value; expected string; got %s",
				 value_type_name(value));
	*ret = value.json ? json_object_get_string(value.json) : "";
	return 0;
}

static int want_integer(const struct call *call, size_t index, int64_t *ret)
{
	struct value value = call->args[index];

	if (value_type(value) != json_type_int)
		return call_fail(call, "wrong type for value; expected int; got %s",
				 value_type_name(value));
	*ret = json_object_get_int64(value.json);
	return 0;
}

/* --- Go's -------------------------------------------------------------------------------- */

/* `and` and `or` with all arguments evaluated are never called: template_run.c does it. */
static int call_logic(const struct call *call, struct value *ret)
{
	*ret = call->args[call->count - 1];
	return 0;
}

static int call_not(const struct call *call, struct value *ret)
{
	return give_bool(call, !value_is_true(call->args[0]), ret);
}

static int call_len(const struct call *call, struct value *ret)
{
	struct value value = call->args[0];

	switch (value_type(value)) {
	case json_type_string:
		return give_integer(call, json_object_get_string_len(value.json), ret);
	case json_type_array:
		return give_integer(call, (int64_t)json_object_array_length(value.json), ret);
	case json_type_object:
		return give_integer(call, json_object_object_length(value.json), ret);
	case json_type_null:
		return give_integer(call, 0, ret);
	default:
		return call_fail(call, "len of type %s", value_type_name(value));
	}
}

/* Do all of its values look like text? Then a missing one is "", as in a map[string]string. */
static bool is_text_map(struct json_object *object)
{
	json_object_object_foreach(object, key, value)
	{
		(void)key;
		if (!json_object_is_type(value, json_type_string))
			return false;
	}
	return true;
}

static int index_object(const struct call *call, struct value key, struct value *value)
{
	AUTO_STR struct str nothing = { 0 };
	struct json_object *found = NULL;

	if (value_type(key) != json_type_string)
		return call_fail(call, "value has type %s; should be string",
				 value_type_name(key));
	if (value->json &&
	    json_object_object_get_ex(value->json, json_object_get_string(key.json), &found)) {
		*value = (struct value){ .json = found };
		return 0;
	}
	if (!value->json || is_text_map(value->json))
		return run_text(call->run, &nothing, value);
	*value = (struct value){ .is_missing = true };
	return 0;
}

static int index_position(const struct call *call, struct value key, size_t count, size_t *ret)
{
	int64_t position;

	if (value_type(key) != json_type_int)
		return call_fail(call, "cannot index slice/array with type %s",
				 value_type_name(key));
	position = json_object_get_int64(key.json);
	if (position < 0 || (uint64_t)position >= count)
		return call_fail(call, "index out of range: %" PRId64, position);
	*ret = (size_t)position;
	return 0;
}

static int index_one(const struct call *call, struct value key, struct value *value)
{
	size_t position;
	int r;

	switch (value_type(*value)) {
	case json_type_null:
		if (value->is_missing || value_type(key) != json_type_string)
			return call_fail(call, "index of untyped nil");
		return index_object(call, key, value);
	case json_type_object:
		return index_object(call, key, value);
	case json_type_array:
		r = index_position(call, key, json_object_array_length(value->json), &position);
		if (r == 0)
			*value = (struct value){ .json = json_object_array_get_idx(value->json,
										   position) };
		return r;
	case json_type_string:
		r = index_position(call, key, (size_t)json_object_get_string_len(value->json),
				   &position);
		return r < 0 ? r
			     : give_integer(call,
					    (unsigned char)json_object_get_string(
						    value->json)[position],
					    value);
	default:
		return call_fail(call, "can't index item of type %s", value_type_name(*value));
	}
}

static int call_index(const struct call *call, struct value *ret)
{
	struct value value = call->args[0];

	for (size_t i = 1; i < call->count; i++) {
		int r = index_one(call, call->args[i], &value);

		if (r < 0)
			return r;
	}
	*ret = value;
	return 0;
}

static int slice_array(const struct call *call, size_t from, size_t to, struct value *ret)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = from; array && i < to; i++)
		(void)json_object_array_add(array, json_object_get(json_object_array_get_idx(
							   call->args[0].json, i)));
	return run_own(call->run, array, ret);
}

static int call_slice(const struct call *call, struct value *ret)
{
	bool is_text = value_type(call->args[0]) == json_type_string;
	AUTO_STR struct str text = { 0 };
	int64_t from = 0;
	int64_t to;
	int r = 0;

	if (!is_text && value_type(call->args[0]) != json_type_array)
		return call_fail(call, "can't slice item of type %s",
				 value_type_name(call->args[0]));
	to = is_text ? json_object_get_string_len(call->args[0].json)
		     : (int64_t)json_object_array_length(call->args[0].json);
	if (call->count > 2) {
		int64_t end = to;

		r = want_integer(call, 2, &end);
		if (r == 0 && (end < 0 || end > to))
			return call_fail(call, "index out of range: %" PRId64, end);
		to = end;
	}
	if (r == 0 && call->count > 1)
		r = want_integer(call, 1, &from);
	if (r < 0)
		return r;
	if (from < 0 || from > to)
		return call_fail(call, "invalid slice index: %" PRId64 " > %" PRId64, from, to);
	if (!is_text)
		return slice_array(call, (size_t)from, (size_t)to, ret);
	str_add_bytes(&text, json_object_get_string(call->args[0].json) + from,
		      (size_t)(to - from));
	return run_text(call->run, &text, ret);
}

static void print_argument(struct value value, struct str *out)
{
	if (value.json || value.is_missing)
		value_print(value, out);
	else
		str_add(out, "<nil>");
}

/* Sprint puts a space between two operands of which neither is a string. */
static int call_print(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };

	for (size_t i = 0; i < call->count; i++) {
		if (i > 0 && value_type(call->args[i]) != json_type_string &&
		    value_type(call->args[i - 1]) != json_type_string)
			str_add_char(&text, ' ');
		print_argument(call->args[i], &text);
	}
	return run_text(call->run, &text, ret);
}

static int call_println(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };

	for (size_t i = 0; i < call->count; i++) {
		if (i > 0)
			str_add_char(&text, ' ');
		print_argument(call->args[i], &text);
	}
	str_add_char(&text, '\n');
	return run_text(call->run, &text, ret);
}

static int call_printf(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };
	const char *format;
	int r = want_text(call, 0, &format);

	if (r < 0)
		return r;
	value_printf(format, call->args + 1, call->count - 1, &text);
	return run_text(call->run, &text, ret);
}

/* --- comparisons ------------------------------------------------------------------------- */

static int compare_integers(struct json_object *a, struct json_object *b)
{
	int64_t left = json_object_get_int64(a);
	int64_t right = json_object_get_int64(b);

	if (left >= 0 && right >= 0)
		return (json_object_get_uint64(a) > json_object_get_uint64(b)) -
		       (json_object_get_uint64(a) < json_object_get_uint64(b));
	return (left > right) - (left < right);
}

static int compare_numbers(struct value a, struct value b)
{
	double left = json_object_get_double(a.json);
	double right = json_object_get_double(b.json);

	if (value_type(a) == json_type_int && value_type(b) == json_type_int)
		return compare_integers(a.json, b.json);
	return (left > right) - (left < right);
}

static int is_equal(const struct call *call, struct value a, struct value b, bool *ret)
{
	if (!a.json || !b.json) {
		*ret = !a.json && !b.json;
		return 0;
	}
	if (value_is_number(a) && value_is_number(b)) {
		*ret = compare_numbers(a, b) == 0;
		return 0;
	}
	if (value_type(a) != value_type(b))
		return call_fail(call, "incompatible types for comparison");
	if (value_type(a) == json_type_array || value_type(a) == json_type_object)
		return call_fail(call, "non-comparable type %s: use json to compare texts",
				 value_type_name(a));
	*ret = json_object_equal(a.json, b.json);
	return 0;
}

/* Equal to any of the others? */
static int call_eq(const struct call *call, struct value *ret)
{
	bool answer = false;

	for (size_t i = 1; !answer && i < call->count; i++) {
		int r = is_equal(call, call->args[0], call->args[i], &answer);

		if (r < 0)
			return r;
	}
	return give_bool(call, answer, ret);
}

static int call_ne(const struct call *call, struct value *ret)
{
	bool answer;
	int r = is_equal(call, call->args[0], call->args[1], &answer);

	return r < 0 ? r : give_bool(call, !answer, ret);
}

/* lt le gt ge */
static int call_order(const struct call *call, struct value *ret)
{
	struct value a = call->args[0];
	struct value b = call->args[1];
	int order;

	if (value_is_number(a) && value_is_number(b))
		order = compare_numbers(a, b);
	else if (value_type(a) == json_type_string && value_type(b) == json_type_string)
		order = strcmp(json_object_get_string(a.json), json_object_get_string(b.json));
	else
		return call_fail(call, value_type(a) == value_type(b)
					       ? "invalid type for comparison"
					       : "incompatible types for comparison");
	return give_bool(call,
			 (call->name[0] == 'l' && order < 0) ||
				 (call->name[0] == 'g' && order > 0) ||
				 (call->name[1] == 'e' && order == 0),
			 ret);
}

/* --- docker's ---------------------------------------------------------------------------- */

static int call_json(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };

	json_compact(call->args[0].json, &text);
	return run_text(call->run, &text, ret);
}

static int split_characters(const struct call *call, const char *text,
			    struct json_object *array)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(text + i, len - i);

		n = n > 0 ? n : 1;
		if (json_object_array_add(array, json_object_new_string_len(text + i, (int)n)) <
		    0)
			return call_fail(call, "out of memory");
		i += n;
	}
	return 0;
}

static int call_split(const struct call *call, struct value *ret)
{
	const char *text;
	const char *separator;
	struct value array;
	int r = want_text(call, 0, &text);

	if (r == 0)
		r = want_text(call, 1, &separator);
	if (r == 0)
		r = run_own(call->run, json_object_new_array(), &array);
	if (r < 0)
		return r;
	call->run->made_bytes += strlen(text) * sizeof(struct value);
	*ret = array;
	if (separator[0] == '\0')
		return split_characters(call, text, array.json);
	for (;;) {
		const char *end = strstr(text, separator);
		size_t len = end ? (size_t)(end - text) : strlen(text);

		if (json_object_array_add(array.json,
					  json_object_new_string_len(text, (int)len)) < 0)
			return call_fail(call, "out of memory");
		if (!end)
			return 0;
		text = end + strlen(separator);
	}
}

static int call_join(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };
	struct value list = call->args[0];
	const char *separator;
	int r = want_text(call, 1, &separator);

	if (r < 0)
		return r;
	if (list.json && value_type(list) != json_type_array)
		return call_fail(call, "wrong type for value; expected []string; got %s",
				 value_type_name(list));
	for (size_t i = 0; list.json && i < json_object_array_length(list.json); i++) {
		if (i > 0)
			str_add(&text, separator);
		print_argument(
			(struct value){ .json = json_object_array_get_idx(list.json, i) },
			&text);
		if (text.len > TEMPLATE_OUTPUT_MAX)
			break; /* run_text says so */
	}
	return run_text(call->run, &text, ret);
}

/* lower, upper, title: ASCII, as far as names and states go. */
static int call_case(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };
	const char *from;
	bool is_first = true;
	int r = want_text(call, 0, &from);

	if (r < 0)
		return r;
	for (; *from; from++) {
		unsigned char c = (unsigned char)*from;
		bool is_upper = call->name[0] == 'u' || (call->name[0] == 't' && is_first);

		if (is_upper)
			str_add_char(&text, (char)toupper(c));
		else
			str_add_char(&text, (char)(call->name[0] == 'l' ? tolower(c) : c));
		is_first = !isalnum(c) && c != '_' && c != '\'' && c < 0x80;
	}
	return run_text(call->run, &text, ret);
}

/* pad TEXT BEFORE BEHIND: spaces around; nothing around nothing. */
static int call_pad(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };
	const char *from;
	int64_t before;
	int64_t behind;
	int r = want_text(call, 0, &from);

	if (r == 0)
		r = want_integer(call, 1, &before);
	if (r == 0)
		r = want_integer(call, 2, &behind);
	if (r < 0)
		return r;
	if (before < 0 || behind < 0 || before > TEMPLATE_MAX || behind > TEMPLATE_MAX)
		return call_fail(call, "strings: negative Repeat count or more than %d",
				 TEMPLATE_MAX);
	if (from[0] == '\0')
		return run_text(call->run, &text, ret);
	str_printf(&text, "%*s%s%*s", (int)before, "", from, (int)behind, "");
	return run_text(call->run, &text, ret);
}

static int call_truncate(const struct call *call, struct value *ret)
{
	AUTO_STR struct str text = { 0 };
	const char *from;
	int64_t len;
	int r = want_text(call, 0, &from);

	if (r == 0)
		r = want_integer(call, 1, &len);
	if (r < 0)
		return r;
	if (len < 0)
		return call_fail(call, "slice bounds out of range [:%" PRId64 "]", len);
	str_add_bytes(&text, from, strnlen(from, (size_t)len));
	return run_text(call->run, &text, ret);
}

static const struct template_function functions[] = {
	{ "and", 1, TEMPLATE_ARGUMENTS_MAX, call_logic },
	{ "eq", 2, TEMPLATE_ARGUMENTS_MAX, call_eq },
	{ "ge", 2, 2, call_order },
	{ "gt", 2, 2, call_order },
	{ "index", 1, TEMPLATE_ARGUMENTS_MAX, call_index },
	{ "join", 2, 2, call_join },
	{ "json", 1, 1, call_json },
	{ "le", 2, 2, call_order },
	{ "len", 1, 1, call_len },
	{ "lower", 1, 1, call_case },
	{ "lt", 2, 2, call_order },
	{ "ne", 2, 2, call_ne },
	{ "not", 1, 1, call_not },
	{ "or", 1, TEMPLATE_ARGUMENTS_MAX, call_logic },
	{ "pad", 3, 3, call_pad },
	{ "print", 0, TEMPLATE_ARGUMENTS_MAX, call_print },
	{ "printf", 1, TEMPLATE_ARGUMENTS_MAX, call_printf },
	{ "println", 0, TEMPLATE_ARGUMENTS_MAX, call_println },
	{ "slice", 1, 3, call_slice },
	{ "split", 2, 2, call_split },
	{ "title", 1, 1, call_case },
	{ "truncate", 2, 2, call_truncate },
	{ "upper", 1, 1, call_case },
};

const struct template_function *template_function_find(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strlen(functions[i].name) == len &&
		    strncmp(functions[i].name, name, len) == 0)
			return &functions[i];
	return NULL;
}
