/*
 * See member.h.
 *
 * Runs in: runtime.
 */
#include "spec/member.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "spec/runtime_spec.h"

/* --- saying what is wrong ----------------------------------------------------------------- */

int reading_fail(const struct reading *in, int r, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set(in->e,
		       r == -EOPNOTSUPP ? ERR_UNSUPPORTED
		       : r == -ENOMEM	? ERR_INTERNAL
					: ERR_INVALID,
		       r, "%s", text);
}

int reading_expected(const struct reading *in, const char *what, struct json_object *found)
{
	static const char *const names[] = {
		[json_type_null] = "null",	  [json_type_boolean] = "a boolean",
		[json_type_double] = "a number",  [json_type_int] = "a number",
		[json_type_object] = "an object", [json_type_array] = "an array",
		[json_type_string] = "a string",
	};

	return reading_fail(in, -EINVAL, ": expected %s, found %s", what,
			    names[json_object_get_type(found)]);
}

int reading_in_member(const struct reading *in, int r, const char *key)
{
	const char *rest = in->e->text;
	bool is_joined = rest[0] == ':' || rest[0] == '[' || rest[0] == '.';

	return err_set(in->e, in->e->kind, r, "%s%s%s", key, is_joined ? "" : ".", rest);
}

int reading_in_item(const struct reading *in, int r, size_t index)
{
	const char *rest = in->e->text;
	bool is_joined = rest[0] == ':' || rest[0] == '[' || rest[0] == '.';

	return err_set(in->e, in->e->kind, r, "[%zu]%s%s", index, is_joined ? "" : ".", rest);
}

void reading_warn(const struct reading *in, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	strv_add(in->warnings, in->arena, text);
}

/* --- objects ------------------------------------------------------------------------------ */

static const struct member *member_find(const struct member *table, const char *key)
{
	while (table->key && strcmp(table->key, key) != 0)
		table++;
	return table->key ? table : NULL;
}

int members_read(const struct member *table, struct json_object *object, struct reading *in,
		 void *ret)
{
	if (!json_object_is_type(object, json_type_object))
		return reading_expected(in, "an object", object);
	json_object_object_foreach(object, key, value)
	{
		const struct member *m = value ? member_find(table, key) : NULL;
		int r;

		if (!m)
			continue;
		r = m->read(m, value, in, (char *)ret + m->offset);
		if (r < 0)
			return reading_in_member(in, r, key);
		if (m->flag)
			*(bool *)((char *)ret + m->flag) = true;
	}
	return 0;
}

int member_object(const struct member *m, struct json_object *value, struct reading *in,
		  void *field)
{
	if (!json_object_is_type(value, json_type_object))
		return reading_expected(in, "an object", value);
	return m->object(value, in, field);
}

/* --- scalars ------------------------------------------------------------------------------ */

int reading_copy(const struct reading *in, struct json_object *value, char **ret)
{
	const char *text;
	size_t len;

	if (!json_object_is_type(value, json_type_string))
		return reading_expected(in, "a string", value);
	text = json_object_get_string(value);
	len = (size_t)json_object_get_string_len(value);
	if (memchr(text, '\0', len))
		return reading_fail(in, -EINVAL, ": contains a NUL");
	*ret = arena_copy_bytes(in->arena, text, len);
	return *ret ? 0 : reading_fail(in, -ENOMEM, ": out of memory");
}

int member_text(const struct member *m, struct json_object *value, struct reading *in,
		void *field)
{
	char **ret = field;

	(void)m;
	if (json_object_is_type(value, json_type_string) &&
	    json_object_get_string_len(value) == 0) {
		*ret = NULL;
		return 0;
	}
	return reading_copy(in, value, ret);
}

int member_bool(const struct member *m, struct json_object *value, struct reading *in,
		void *field)
{
	(void)m;
	if (!json_object_is_type(value, json_type_boolean))
		return reading_expected(in, "a boolean", value);
	*(bool *)field = json_object_get_boolean(value);
	return 0;
}

/* The number as 64 bits of two's complement. */
static int integer_read(const struct member *m, struct json_object *value,
			const struct reading *in, uint64_t *ret)
{
	int64_t number;
	uint64_t magnitude;

	if (!json_object_is_type(value, json_type_int))
		return reading_expected(in, "an integer", value);
	number = json_object_get_int64(value);
	magnitude = number < 0 ? 0 : json_object_get_uint64(value);
	if (number < m->min || magnitude > m->max)
		return reading_fail(in, -ERANGE, ": %s is not in %lld .. %llu",
				    json_object_get_string(value), (long long)m->min,
				    (unsigned long long)m->max);
	*ret = number < 0 ? (uint64_t)number : magnitude;
	return 0;
}

static void integer_store(const struct member *m, uint64_t value, void *field)
{
	if (m->size == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)value;
	else
		*(uint64_t *)field = value;
}

int member_integer(const struct member *m, struct json_object *value, struct reading *in,
		   void *field)
{
	uint64_t number = 0;
	int r = integer_read(m, value, in, &number);

	if (r == 0)
		integer_store(m, number, field);
	return r;
}

int member_number(const struct member *m, struct json_object *value, struct reading *in,
		  void *field)
{
	uint64_t number = 0;
	int r = integer_read(m, value, in, &number);

	if (r == 0)
		*(struct spec_number *)field =
			(struct spec_number){ .is_set = true, .value = (int64_t)number };
	return r;
}

static int word_find(const struct member *m, struct json_object *value,
		     const struct reading *in, uint32_t *ret)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return reading_expected(in, "a string", value);
	text = json_object_get_string(value);
	for (const struct member_word *word = m->words; word->text; word++) {
		if (strcmp(word->text, text) == 0) {
			*ret = word->value;
			return 0;
		}
	}
	return reading_fail(in, -EINVAL, ": unknown value \"%.64s\"", text);
}

int member_word(const struct member *m, struct json_object *value, struct reading *in,
		void *field)
{
	return word_find(m, value, in, field);
}

int member_flags(const struct member *m, struct json_object *value, struct reading *in,
		 void *field)
{
	uint64_t flags = 0;

	if (!json_object_is_type(value, json_type_array))
		return reading_expected(in, "an array", value);
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		uint32_t flag = 0;
		int r = word_find(m, json_object_array_get_idx(value, i), in, &flag);

		if (r < 0)
			return reading_in_item(in, r, i);
		flags |= flag;
	}
	integer_store(m, flags, field);
	return 0;
}

/* --- lists -------------------------------------------------------------------------------- */

int member_strings(const struct member *m, struct json_object *value, struct reading *in,
		   void *field)
{
	struct strv items = { 0 };

	(void)m;
	if (!json_object_is_type(value, json_type_array))
		return reading_expected(in, "an array", value);
	for (size_t i = 0; i < json_object_array_length(value); i++) {
		char *item = NULL;
		int r = reading_copy(in, json_object_array_get_idx(value, i), &item);

		if (r < 0)
			return reading_in_item(in, r, i);
		strv_add_borrowed(&items, in->arena, item);
	}
	*(struct strv *)field = items;
	return 0;
}

int member_map(const struct member *m, struct json_object *value, struct reading *in,
	       void *field)
{
	struct strv items = { 0 };

	(void)m;
	if (!json_object_is_type(value, json_type_object))
		return reading_expected(in, "an object", value);
	json_object_object_foreach(value, key, entry)
	{
		char *text = NULL;
		int r = reading_copy(in, entry, &text);

		/* "a=b" would come back as the key "a". */
		if (r == 0 && (key[0] == '\0' || strchr(key, '=')))
			r = reading_fail(in, -EINVAL, ": a key is empty or has a '='");
		if (r < 0)
			return reading_in_member(in, r, key);
		strv_add_borrowed(&items, in->arena,
				  arena_printf(in->arena, "%s=%s", key, text));
	}
	*(struct strv *)field = items;
	return 0;
}

/* Room for `count` items, which become the field's when they have all been read. */
static int items_make(const struct member *m, size_t count, const struct reading *in,
		      char **ret)
{
	if (count > m->max)
		return reading_fail(in, -E2BIG, ": more than %llu items",
				    (unsigned long long)m->max);
	*ret = arena_array(in->arena, count + 1, m->item);
	return *ret ? 0 : reading_fail(in, -ENOMEM, ": out of memory");
}

static void items_store(const struct member *m, char *items, size_t count, void *field)
{
	*(void **)field = items;
	*(size_t *)((char *)field - m->offset + m->count) = count;
}

int member_array(const struct member *m, struct json_object *value, struct reading *in,
		 void *field)
{
	size_t count;
	char *items;
	int r;

	if (!json_object_is_type(value, json_type_array))
		return reading_expected(in, "an array", value);
	count = json_object_array_length(value);
	r = items_make(m, count, in, &items);
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = m->object(json_object_array_get_idx(value, i), in, items + i * m->item);
		if (r < 0)
			return reading_in_item(in, r, i);
	}
	if (r == 0)
		items_store(m, items, count, field);
	return r;
}

int member_named(const struct member *m, struct json_object *value, struct reading *in,
		 void *field)
{
	size_t count = 0;
	char *items;
	int r;

	if (!json_object_is_type(value, json_type_object))
		return reading_expected(in, "an object", value);
	r = items_make(m, (size_t)json_object_object_length(value), in, &items);
	if (r < 0)
		return r;
	json_object_object_foreach(value, key, entry)
	{
		char *item = items + count++ * m->item;

		*(char **)(item + m->name) = arena_copy(in->arena, key);
		r = m->object(entry, in, item);
		if (r < 0)
			return reading_in_member(in, r, key);
	}
	items_store(m, items, count, field);
	return 0;
}
