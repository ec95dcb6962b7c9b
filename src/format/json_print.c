/*
 * Printing json-c values as Go's encoding/json does: see json.h.
 *
 * json-c's own printer escapes slashes, indents by two and breaks empty containers into lines.
 *
 * Runs in: cli.
 */
#include <string.h>

#include "format/json.h"

static void print_value(struct json_object *o, int indent, bool is_pretty, struct str *out);

static void new_line(int indent, bool is_pretty, struct str *out)
{
	if (is_pretty)
		str_printf(out, "\n%*s", indent * 4, "");
}

static void print_object(struct json_object *o, int indent, bool is_pretty, struct str *out)
{
	bool is_first = true;

	str_add_char(out, '{');
	json_object_object_foreach(o, key, value)
	{
		if (!is_first)
			str_add_char(out, ',');
		is_first = false;
		new_line(indent + 1, is_pretty, out);
		json_add_quoted(out, key, strlen(key));
		str_add(out, is_pretty ? ": " : ":");
		print_value(value, indent + 1, is_pretty, out);
	}
	if (!is_first)
		new_line(indent, is_pretty, out);
	str_add_char(out, '}');
}

static void print_array(struct json_object *o, int indent, bool is_pretty, struct str *out)
{
	size_t count = json_object_array_length(o);

	str_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add_char(out, ',');
		new_line(indent + 1, is_pretty, out);
		print_value(json_object_array_get_idx(o, i), indent + 1, is_pretty, out);
	}
	if (count > 0)
		new_line(indent, is_pretty, out);
	str_add_char(out, ']');
}

/* Recursion is as deep as the value, which json_scan or our own code has bounded. */
static void print_value(struct json_object *o, int indent, bool is_pretty, struct str *out)
{
	switch (json_object_get_type(o)) {
	case json_type_object:
		print_object(o, indent, is_pretty, out);
		break;
	case json_type_array:
		print_array(o, indent, is_pretty, out);
		break;
	case json_type_string:
		json_add_quoted(out, json_object_get_string(o),
				(size_t)json_object_get_string_len(o));
		break;
	case json_type_null:
		str_add(out, "null");
		break;
	default: /* booleans and numbers, which keep the text they were read from */
		str_add(out, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	}
}

void json_pretty(struct json_object *o, struct str *out)
{
	print_value(o, 0, true, out);
}

void json_compact(struct json_object *o, struct str *out)
{
	print_value(o, 0, false, out);
}
