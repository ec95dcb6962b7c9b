/*
 * Writing JSON straight into text, and small json-c values: see json.h.
 *
 * Maps and sets are written sorted and without duplicates, as Go's encoding/json writes them:
 * what hoy writes must never be what json_scan refuses. Of two equal keys the last counts; a
 * key that is not UTF-8 is left out, because what replaces it may equal another one.
 *
 * Runs in: cli, image.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "format/json.h"
#include "format/utf8.h"

static void escape_byte(struct str *out, char c)
{
	static const char named[] = "\"\\\b\f\n\r\t";
	static const char letters[] = "\"\\bfnrt";
	const char *found = c ? strchr(named, c) : NULL;

	if (found)
		str_printf(out, "\\%c", letters[found - named]);
	else
		str_printf(out, "\\u%04x", (unsigned int)(unsigned char)c);
}

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\' && (unsigned char)c < 0x80;
}

void json_add_quoted(struct str *out, const char *text, size_t len)
{
	size_t i = 0;

	str_add_char(out, '"');
	while (i < len) {
		size_t from = i;
		size_t n;

		while (i < len && is_plain(text[i]))
			i++;
		str_add_bytes(out, text + from, i - from);
		if (i == len)
			break;
		n = utf8_len(text + i, len - i);
		if (n == 0)
			str_add(out, "\xef\xbf\xbd"); /* U+FFFD */
		else if (n == 1)
			escape_byte(out, text[i]);
		else
			str_add_bytes(out, text + i, n);
		i += n > 0 ? n : 1;
	}
	str_add_char(out, '"');
}

static void begin_line(struct json_writer *w)
{
	if (!w->indent)
		return;
	str_add_char(w->out, '\n');
	for (unsigned int i = 0; i < w->depth; i++)
		str_add(w->out, w->indent);
}

static void begin_member(struct json_writer *w, const char *key, size_t len)
{
	if (w->needs_comma)
		str_add_char(w->out, ',');
	w->needs_comma = true;
	if (w->depth > 0)
		begin_line(w);
	if (!key)
		return;
	json_add_quoted(w->out, key, len);
	str_add(w->out, w->indent ? ": " : ":");
}

static void begin_value(struct json_writer *w, const char *key)
{
	begin_member(w, key, key ? strlen(key) : 0);
}

static void begin_nested(struct json_writer *w, const char *key, char bracket)
{
	begin_value(w, key);
	str_add_char(w->out, bracket);
	w->needs_comma = false;
	w->depth++;
}

static void end_nested(struct json_writer *w, char bracket)
{
	w->depth--;
	if (w->needs_comma)
		begin_line(w);
	str_add_char(w->out, bracket);
	w->needs_comma = true;
}

void json_begin_object(struct json_writer *w, const char *key)
{
	begin_nested(w, key, '{');
}

void json_end_object(struct json_writer *w)
{
	end_nested(w, '}');
}

void json_begin_array(struct json_writer *w, const char *key)
{
	begin_nested(w, key, '[');
}

void json_end_array(struct json_writer *w)
{
	end_nested(w, ']');
}

void json_write_raw(struct json_writer *w, const char *key, const char *json)
{
	if (w->omits_null && key && strcmp(json, "null") == 0)
		return;
	begin_value(w, key);
	str_add(w->out, json);
}

void json_write_text(struct json_writer *w, const char *key, const char *text)
{
	if (!text) {
		json_write_raw(w, key, "null");
		return;
	}
	begin_value(w, key);
	json_add_quoted(w->out, text, strlen(text));
}

void json_write_i64(struct json_writer *w, const char *key, int64_t value)
{
	begin_value(w, key);
	str_printf(w->out, "%" PRId64, value);
}

void json_write_u64(struct json_writer *w, const char *key, uint64_t value)
{
	begin_value(w, key);
	str_printf(w->out, "%" PRIu64, value);
}

void json_write_bool(struct json_writer *w, const char *key, bool value)
{
	json_write_raw(w, key, value ? "true" : "false");
}

void json_write_strings(struct json_writer *w, const char *key, const struct strv *v)
{
	json_begin_array(w, key);
	for (size_t i = 0; i < v->count; i++)
		json_write_text(w, NULL, v->items[i]);
	json_end_array(w);
}

/* A set's item is a key; a map's is "key=value". */
static size_t key_len(const char *item, bool is_set)
{
	return is_set ? strlen(item) : strcspn(item, "=");
}

static int compare_keys(const char *a, const char *b, bool is_set)
{
	size_t left = key_len(a, is_set);
	size_t right = key_len(b, is_set);
	int order = memcmp(a, b, left < right ? left : right);

	return order ? order : (left > right) - (left < right);
}

/* Pointers into one strv.items: the position decides between equal keys. */
static int compare_items(const void *a, const void *b, void *is_set)
{
	const char *const *left = *(const char *const *const *)a;
	const char *const *right = *(const char *const *const *)b;
	int order = compare_keys(*left, *right, *(bool *)is_set);

	return order ? order : (left > right) - (left < right);
}

/* Sorted pointers to the items with the last of each key kept, in heap memory; NULL when there
 * are none or no memory. */
static char ***sort_items(const struct strv *v, bool is_set, size_t *ret_count)
{
	char ***sorted = v->count > 0 ? calloc(v->count, sizeof(*sorted)) : NULL;
	size_t kept = 0;

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < v->count; i++)
		sorted[i] = &v->items[i];
	qsort_r(sorted, v->count, sizeof(*sorted), compare_items, &is_set);
	for (size_t i = 0; i < v->count; i++) {
		bool is_last = i + 1 == v->count ||
			       compare_keys(*sorted[i], *sorted[i + 1], is_set) != 0;

		if (is_last && utf8_is_valid(*sorted[i], key_len(*sorted[i], is_set)))
			sorted[kept++] = sorted[i];
	}
	*ret_count = kept;
	return sorted;
}

static void write_items(struct json_writer *w, const char *key, const struct strv *v,
			bool is_set)
{
	size_t count = 0;
	AUTO_FREE char ***sorted = sort_items(v, is_set, &count);

	if (!sorted && v->count > 0)
		w->out->is_broken = true;
	json_begin_object(w, key);
	for (size_t i = 0; i < count; i++) {
		const char *item = *sorted[i];
		size_t len = key_len(item, is_set);
		const char *value = item + len + (item[len] == '=');

		begin_member(w, item, len);
		if (is_set)
			str_add(w->out, "{}");
		else
			json_add_quoted(w->out, value, strlen(value));
	}
	json_end_object(w);
}

void json_write_map(struct json_writer *w, const char *key, const struct strv *assignments)
{
	write_items(w, key, assignments, false);
}

void json_write_set(struct json_writer *w, const char *key, const struct strv *keys)
{
	write_items(w, key, keys, true);
}

struct json_object *json_new_text(const char *text)
{
	return json_object_new_string(text ? text : "");
}

/* json-c's own parser is enough: the text is ours. */
static struct json_object *object_from(const struct str *text)
{
	return str_ok(text) == 0 ? json_tokener_parse(str_text(text)) : NULL;
}

struct json_object *json_new_strings(const struct strv *v)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };

	json_write_strings(&w, NULL, v);
	return object_from(&text);
}

struct json_object *json_new_map(const struct strv *assignments)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };

	json_write_map(&w, NULL, assignments);
	return object_from(&text);
}

struct json_object *json_new_set(const struct strv *keys)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };

	json_write_set(&w, NULL, keys);
	return object_from(&text);
}
