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

enum { WORD_SHOWN_MAX = 64, ITEMS_FIRST = 8 };

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

int reading_expect(const struct reading *in, enum json_kind kind, const struct json_walk *value)
{
	enum json_kind found = json_kind(value);

	if (found == kind)
		return 0;
	return reading_fail(in, -EINVAL, ": expected %s, found %s",
			    kind == JSON_NUMBER ? "an integer" : json_kind_text(kind),
			    json_kind_text(found));
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

static const struct member *member_find(const struct member *table, const struct json_text *key)
{
	while (table->key && !json_text_is(key, table->key))
		table++;
	return table->key ? table : NULL;
}

int members_read(const struct member *table, struct json_walk *object, struct reading *in,
		 void *ret)
{
	struct json_text key;
	int r = reading_expect(in, JSON_OBJECT, object);

	if (r < 0)
		return r;
	json_enter(object);
	while (json_next_member(object, &key)) {
		const struct member *m = member_find(table, &key);

		if (!m || json_kind(object) == JSON_NULL) {
			json_skip(object);
			continue;
		}
		r = m->read(m, object, in, (char *)ret + m->offset);
		if (r < 0)
			return reading_in_member(in, r, m->key);
		if (m->flag)
			*(bool *)((char *)ret + m->flag) = true;
	}
	return 0;
}

int member_object(const struct member *m, struct json_walk *value, struct reading *in,
		  void *field)
{
	return m->object(value, in, field);
}

/* --- scalars ------------------------------------------------------------------------------ */

static int text_copy(const struct reading *in, const struct json_text *text, char **ret)
{
	int r = json_text_copy(text, in->arena, ret);

	return r == 0 ? 0
		      : reading_fail(in, r,
				     r == -ENOMEM ? ": out of memory" : ": contains a NUL");
}

int reading_copy(const struct reading *in, struct json_walk *value, char **ret)
{
	struct json_text text;
	int r = reading_expect(in, JSON_STRING, value);

	if (r < 0)
		return r;
	json_take_text(value, &text);
	return text_copy(in, &text, ret);
}

int member_text(const struct member *m, struct json_walk *value, struct reading *in,
		void *field)
{
	char **ret = field;
	int r = reading_copy(in, value, ret);

	(void)m;
	if (r == 0 && (*ret)[0] == '\0')
		*ret = NULL;
	return r;
}

int member_bool(const struct member *m, struct json_walk *value, struct reading *in,
		void *field)
{
	int r = reading_expect(in, JSON_BOOLEAN, value);

	(void)m;
	if (r == 0)
		*(bool *)field = json_take_boolean(value);
	return r;
}

/* The number as 64 bits of two's complement. */
static int integer_read(const struct member *m, struct json_walk *value,
			const struct reading *in, uint64_t *ret)
{
	struct json_integer number;
	bool is_in_range;
	int r = reading_expect(in, JSON_NUMBER, value);

	if (r < 0)
		return r;
	if (!json_take_integer(value, &number))
		return reading_fail(in, -EINVAL, ": expected an integer, found a fraction");
	*ret = number.is_negative ? -number.magnitude : number.magnitude;
	is_in_range = number.is_negative && number.magnitude > 0
			      ? (int64_t)*ret >= m->min
			      : number.magnitude <= m->max &&
					(m->min <= 0 || number.magnitude >= (uint64_t)m->min);
	if (!is_in_range)
		return reading_fail(in, -ERANGE, ": %s%llu is not in %lld .. %llu",
				    number.is_negative ? "-" : "",
				    (unsigned long long)number.magnitude, (long long)m->min,
				    (unsigned long long)m->max);
	return 0;
}

static void integer_store(const struct member *m, uint64_t value, void *field)
{
	if (m->size == sizeof(uint32_t))
		*(uint32_t *)field = (uint32_t)value;
	else
		*(uint64_t *)field = value;
}

int member_integer(const struct member *m, struct json_walk *value, struct reading *in,
		   void *field)
{
	uint64_t number = 0;
	int r = integer_read(m, value, in, &number);

	if (r == 0)
		integer_store(m, number, field);
	return r;
}

int member_number(const struct member *m, struct json_walk *value, struct reading *in,
		  void *field)
{
	uint64_t number = 0;
	int r = integer_read(m, value, in, &number);

	if (r == 0)
		*(struct spec_number *)field =
			(struct spec_number){ .is_set = true, .value = (int64_t)number };
	return r;
}

static int word_find(const struct member *m, struct json_walk *value, const struct reading *in,
		     uint32_t *ret)
{
	struct json_text text;
	int r = reading_expect(in, JSON_STRING, value);

	if (r < 0)
		return r;
	json_take_text(value, &text);
	for (const struct member_word *word = m->words; word->text; word++) {
		if (json_text_is(&text, word->text)) {
			*ret = word->value;
			return 0;
		}
	}
	return reading_fail(in, -EINVAL, ": unknown value \"%.*s\"",
			    (int)(text.len < WORD_SHOWN_MAX ? text.len : WORD_SHOWN_MAX),
			    text.raw);
}

int member_word(const struct member *m, struct json_walk *value, struct reading *in,
		void *field)
{
	return word_find(m, value, in, field);
}

int member_flags(const struct member *m, struct json_walk *value, struct reading *in,
		 void *field)
{
	uint64_t flags = 0;
	int r = reading_expect(in, JSON_ARRAY, value);

	if (r < 0)
		return r;
	json_enter(value);
	for (size_t i = 0; json_next_item(value); i++) {
		uint32_t flag = 0;

		r = word_find(m, value, in, &flag);
		if (r < 0)
			return reading_in_item(in, r, i);
		flags |= flag;
	}
	integer_store(m, flags, field);
	return 0;
}

/* --- lists -------------------------------------------------------------------------------- */

int member_strings(const struct member *m, struct json_walk *value, struct reading *in,
		   void *field)
{
	struct strv items = { 0 };
	int r = reading_expect(in, JSON_ARRAY, value);

	(void)m;
	if (r < 0)
		return r;
	json_enter(value);
	for (size_t i = 0; json_next_item(value); i++) {
		char *item = NULL;

		r = reading_copy(in, value, &item);
		if (r < 0)
			return reading_in_item(in, r, i);
		strv_add_borrowed(&items, in->arena, item);
	}
	*(struct strv *)field = items;
	return 0;
}

static int assignment_read(struct json_walk *value, const struct reading *in, const char *key,
			   struct strv *items)
{
	char *text = NULL;
	int r = reading_copy(in, value, &text);

	if (r < 0)
		return r;
	/* "a=b" would come back as the key "a". */
	if (key[0] == '\0' || strchr(key, '='))
		return reading_fail(in, -EINVAL, ": a key is empty or has a '='");
	strv_add_borrowed(items, in->arena, arena_printf(in->arena, "%s=%s", key, text));
	return 0;
}

int member_map(const struct member *m, struct json_walk *value, struct reading *in, void *field)
{
	struct strv items = { 0 };
	struct json_text name;
	int r = reading_expect(in, JSON_OBJECT, value);

	(void)m;
	if (r < 0)
		return r;
	json_enter(value);
	while (json_next_member(value, &name)) {
		char *key = NULL;

		r = text_copy(in, &name, &key);
		if (r < 0)
			return r;
		r = assignment_read(value, in, key, &items);
		if (r < 0)
			return reading_in_member(in, r, key);
	}
	*(struct strv *)field = items;
	return 0;
}

/* An array that grows while it is read. */
struct items {
	char *data;
	size_t count;
	size_t room;
};

/* A zeroed item behind the last; NULL with a sentence. */
static char *items_add(struct items *items, const struct member *m, const struct reading *in)
{
	if (items->count == m->max) {
		(void)reading_fail(in, -E2BIG, ": more than %llu items",
				   (unsigned long long)m->max);
		return NULL;
	}
	if (items->count == items->room) {
		size_t room = items->room ? items->room * 2 : ITEMS_FIRST;
		char *data = arena_array(in->arena, room, m->item);

		if (!data) {
			(void)reading_fail(in, -ENOMEM, ": out of memory");
			return NULL;
		}
		if (items->count > 0)
			memcpy(data, items->data, items->count * m->item);
		items->data = data;
		items->room = room;
	}
	return items->data + items->count++ * m->item;
}

static void items_store(const struct member *m, const struct items *items, void *field)
{
	*(void **)field = items->data;
	*(size_t *)((char *)field - m->offset + m->count) = items->count;
}

int member_array(const struct member *m, struct json_walk *value, struct reading *in,
		 void *field)
{
	struct items items = { 0 };
	int r = reading_expect(in, JSON_ARRAY, value);

	if (r < 0)
		return r;
	json_enter(value);
	while (json_next_item(value)) {
		char *item = items_add(&items, m, in);

		if (!item)
			return in->e->code;
		r = m->object(value, in, item);
		if (r < 0)
			return reading_in_item(in, r, items.count - 1);
	}
	items_store(m, &items, field);
	return 0;
}

int member_named(const struct member *m, struct json_walk *value, struct reading *in,
		 void *field)
{
	struct items items = { 0 };
	struct json_text key;
	int r = reading_expect(in, JSON_OBJECT, value);

	if (r < 0)
		return r;
	json_enter(value);
	while (json_next_member(value, &key)) {
		char *item = items_add(&items, m, in);
		char **name;

		if (!item)
			return in->e->code;
		name = (char **)(item + m->name);
		r = text_copy(in, &key, name);
		if (r < 0)
			return r;
		r = m->object(value, in, item);
		if (r < 0)
			return reading_in_member(in, r, *name);
	}
	items_store(m, &items, field);
	return 0;
}
