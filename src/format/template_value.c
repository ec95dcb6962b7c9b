/*
 * Values of a running template: truth, and text as Go's %v prints it. See template_run.h.
 *
 * Runs in: cli.
 * See: Go's fmt, "Printing".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "format/template_run.h"

enum json_type value_type(struct value value)
{
	return json_object_get_type(value.json);
}

bool value_is_number(struct value value)
{
	return value_type(value) == json_type_int || value_type(value) == json_type_double;
}

bool value_is_true(struct value value)
{
	switch (value_type(value)) {
	case json_type_boolean:
		return json_object_get_boolean(value.json);
	case json_type_int:
		return json_object_get_int64(value.json) != 0;
	case json_type_double:
		return fpclassify(json_object_get_double(value.json)) != FP_ZERO;
	case json_type_string:
		return json_object_get_string_len(value.json) > 0;
	case json_type_array:
		return json_object_array_length(value.json) > 0;
	case json_type_object:
		return json_object_object_length(value.json) > 0;
	default:
		return false;
	}
}

const char *value_type_name(struct value value)
{
	switch (value_type(value)) {
	case json_type_boolean:
		return "bool";
	case json_type_int:
		return "int";
	case json_type_double:
		return "float64";
	case json_type_string:
		return "string";
	case json_type_array:
		return "[]interface {}";
	case json_type_object:
		return "map[string]interface {}";
	default:
		return "<nil>";
	}
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **object_keys(struct json_object *object, size_t *ret_count)
{
	size_t room = (size_t)json_object_object_length(object);
	const char **keys = room > 0 ? calloc(room, sizeof(*keys)) : NULL;
	size_t count = 0;

	*ret_count = 0;
	if (!keys)
		return NULL;
	json_object_object_foreach(object, key, value)
	{
		(void)value;
		keys[count++] = key;
	}
	qsort(keys, count, sizeof(*keys), compare_text);
	*ret_count = count;
	return keys;
}

void double_print(double number, struct str *out)
{
	char text[32];
	int digits = 0;
	int exponent;

	while (digits < 17) {
		double again;

		(void)snprintf(text, sizeof(text), "%.*e", digits, number);
		again = strtod(text, NULL);
		if (again <= number && again >= number)
			break;
		digits++;
	}
	exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	if (exponent < -4 || exponent >= 21)
		str_add(out, text);
	else
		str_printf(out, "%.*f", digits > exponent ? digits - exponent : 0, number);
}

static void print_inside(struct json_object *json, struct str *out)
{
	if (json)
		value_print((struct value){ .json = json }, out);
	else
		str_add(out, "<nil>");
}

static void print_object(struct json_object *object, struct str *out)
{
	size_t count;
	AUTO_FREE const char **keys = object_keys(object, &count);

	str_add(out, "map[");
	for (size_t i = 0; i < count; i++) {
		str_printf(out, "%s%s:", i > 0 ? " " : "", keys[i]);
		print_inside(json_object_object_get(object, keys[i]), out);
	}
	str_add_char(out, ']');
}

static void print_array(struct json_object *array, struct str *out)
{
	size_t count = json_object_array_length(array);

	str_add_char(out, '[');
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			str_add_char(out, ' ');
		print_inside(json_object_array_get_idx(array, i), out);
	}
	str_add_char(out, ']');
}

void value_print(struct value value, struct str *out)
{
	switch (value_type(value)) {
	case json_type_null:
		str_add(out,
			value.nil_text && !value.is_missing ? value.nil_text : "<no value>");
		break;
	case json_type_object:
		print_object(value.json, out);
		break;
	case json_type_array:
		print_array(value.json, out);
		break;
	case json_type_double:
		double_print(json_object_get_double(value.json), out);
		break;
	case json_type_string:
		str_add_bytes(out, json_object_get_string(value.json),
			      (size_t)json_object_get_string_len(value.json));
		break;
	default:
		str_add(out,
			json_object_to_json_string_ext(value.json, JSON_C_TO_STRING_PLAIN));
	}
}
