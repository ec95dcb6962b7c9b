/*
 * See listing_json.h.
 *
 * Runs in: cli.
 */
#include "cli/listing_json.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "format/json.h"

struct member {
	const char *name;
	struct json_object *value;
};

static int member_compare(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static struct json_object *sorted(struct json_object *row)
{
	size_t room = (size_t)json_object_object_length(row) + 1;
	AUTO_FREE struct member *members = calloc(room, sizeof(*members));
	struct json_object *o = members ? json_object_new_object() : NULL;
	size_t count = 0;

	if (!o)
		return NULL;
	json_object_object_foreach(row, name, value)
	{
		/* An object is what a template looks up: `.Label "key"`. */
		if (!json_object_is_type(value, json_type_object))
			members[count++] = (struct member){ name, value };
	}
	qsort(members, count, sizeof(*members), member_compare);
	for (size_t i = 0; i < count; i++)
		(void)json_object_object_add(o, members[i].name,
					     json_object_get(members[i].value));
	return o;
}

bool listing_json_is_meant(const char *format)
{
	return format && (strcmp(format, "json") == 0 || strcmp(format, "{{json .}}") == 0);
}

int listing_json_row(struct json_object *row, struct str *out)
{
	AUTO_JSON struct json_object *o = sorted(row);
	AUTO_STR struct str text = { 0 };

	if (!o)
		return -ENOMEM;
	json_compact(o, &text);
	/* Such a character can only stand in a string. */
	for (const char *c = str_text(&text); *c; c++) {
		if (*c == '<' || *c == '>' || *c == '&')
			str_printf(out, "\\u%04x", (unsigned int)*c);
		else
			str_add_char(out, *c);
	}
	return str_ok(&text) < 0 ? -ENOMEM : str_ok(out);
}

int listing_json_rows(struct json_object *rows, struct str *out)
{
	size_t count = json_object_array_length(rows);
	int r = 0;

	str_add_char(out, '[');
	for (size_t i = 0; r == 0 && i < count; i++) {
		str_add(out, i > 0 ? "," : "");
		r = listing_json_row(json_object_array_get_idx(rows, i), out);
	}
	str_add_char(out, ']');
	return r < 0 ? r : str_ok(out);
}
