/*
 * See listing.h.
 *
 * Runs in: cli.
 */
#include "cli/listing.h"

#include <stdio.h>
#include <string.h>

#include "cli/listing_json.h"
#include "format/json.h"
#include "format/template.h"

/* In a --format, as docker: the two characters \t are a tab, \n a newline. */
static void listing_unescape(const char *format, struct str *out)
{
	for (const char *c = format; *c; c++) {
		if (c[0] == '\\' && (c[1] == 't' || c[1] == 'n')) {
			str_add_char(out, c[1] == 't' ? '\t' : '\n');
			c++;
		} else {
			str_add_char(out, *c);
		}
	}
}

/* The template to use, and whether it makes a table. "table" is cut off. */
static const char *listing_choose(const struct listing *listing, bool *ret_is_table)
{
	const char *format = listing->format;

	if (str_is_empty(format) || strcmp(format, "table") == 0) {
		if (listing->is_quiet)
			return listing->quiet;
		format = listing->standard;
	}
	*ret_is_table = str_starts(format, "table ") || str_starts(format, "table\t");
	return *ret_is_table ? format + strlen("table ") : format;
}

static struct json_object *listing_titles(const struct listing *listing)
{
	struct json_object *o = json_object_new_object();

	for (const struct listing_title *t = listing->titles; o && t->field; t++)
		(void)json_object_object_add(o, t->field, json_new_text(t->title));
	/* `.Label "key"` has no title of its own. */
	if (o && listing->format && strstr(listing->format, ".Label "))
		(void)json_object_object_add(o, "Label", json_object_new_object());
	return o;
}

static int listing_row(const struct template *t, struct json_object *row, struct str *out,
		       struct err *e)
{
	int r = template_run(t, row, out, e);

	if (r < 0)
		return r;
	str_add_char(out, '\n');
	return str_ok(out);
}

static int listing_rows(const struct listing *listing, const struct template *t, bool is_table,
			struct json_object *rows, struct str *out, struct err *e)
{
	size_t count = json_object_array_length(rows);
	int r = 0;

	if (is_table) {
		AUTO_JSON struct json_object *titles = listing_titles(listing);

		r = titles ? listing_row(t, titles, out, e) : -ENOMEM;
	}
	for (size_t i = 0; r == 0 && i < count; i++)
		r = listing_row(t, json_object_array_get_idx(rows, i), out, e);
	return r;
}

static int listing_print_json(struct json_object *rows, struct err *e)
{
	size_t count = json_object_array_length(rows);
	AUTO_STR struct str text = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = listing_json_row(json_object_array_get_idx(rows, i), &text);
		str_add_char(&text, '\n');
	}
	if (r == 0)
		r = str_ok(&text);
	if (r < 0)
		return err_set(e, ERR_INTERNAL, r, "no memory for a list");
	(void)fputs(str_text(&text), stdout);
	return 0;
}

int listing_print(const struct listing *listing, struct json_object *rows, struct err *e)
{
	AUTO_STR struct str format = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str aligned = { 0 };
	struct template *t = NULL;
	bool is_table = false;
	int r;

	if (listing_json_is_meant(listing->format))
		return listing_print_json(rows, e);
	listing_unescape(listing_choose(listing, &is_table), &format);
	r = template_parse(str_text(&format), &t, e);
	if (r < 0)
		return r;
	r = listing_rows(listing, t, is_table, rows, &text, e);
	template_free(t);
	if (r < 0)
		return r;
	if (is_table)
		table_align(str_text(&text), &aligned);
	(void)fputs(str_text(is_table ? &aligned : &text), stdout);
	return str_ok(is_table ? &aligned : &text);
}

/* Parse the template of an inspect command. */
static int listing_parse_one(const char *format, struct template **ret, struct err *e)
{
	AUTO_STR struct str unescaped = { 0 };

	listing_unescape(strcmp(format, "json") == 0 ? "{{json .}}" : format, &unescaped);
	return template_parse(str_text(&unescaped), ret, e);
}

int listing_check(const char *format, struct err *e)
{
	struct template *t = NULL;
	int r = listing_parse_one(format, &t, e);

	template_free(t);
	return r;
}

int listing_print_one(const char *format, struct json_object *value, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	struct template *t = NULL;
	int r = listing_parse_one(format, &t, e);

	if (r < 0)
		return r;
	r = listing_row(t, value, &text, e);
	template_free(t);
	if (r < 0)
		return r;
	(void)fputs(str_text(&text), stdout);
	return 0;
}
