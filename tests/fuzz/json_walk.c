/* Two readers of one document agree: the walk finds what json-c's tree has, value by value, and
 * ends where the document ends. */
#include <assert.h>
#include <string.h>

#include "format/json.h"
#include "format/json_walk.h"
#include "fuzz.h"

static const enum json_kind kinds[] = {
	[json_type_null] = JSON_NULL,	  [json_type_boolean] = JSON_BOOLEAN,
	[json_type_double] = JSON_NUMBER, [json_type_int] = JSON_NUMBER,
	[json_type_object] = JSON_OBJECT, [json_type_array] = JSON_ARRAY,
	[json_type_string] = JSON_STRING,
};

static void text_compare(const struct json_text *text, const char *bytes, size_t len)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *copy = NULL;
	int r = json_text_copy(text, &arena, &copy);

	if (memchr(bytes, '\0', len)) {
		assert(r == -EINVAL);
		return;
	}
	assert(r == 0 && strlen(copy) == len && memcmp(copy, bytes, len) == 0);
	assert(json_text_is(text, copy));
}

static void number_compare(struct json_walk *walk, struct json_object *o)
{
	struct json_integer number;

	if (!json_take_integer(walk, &number)) {
		assert(json_object_is_type(o, json_type_double));
		return;
	}
	assert(json_object_is_type(o, json_type_int));
	if (number.is_negative)
		assert((uint64_t)json_object_get_int64(o) == -number.magnitude);
	else
		assert(json_object_get_uint64(o) == number.magnitude);
}

static void compare(struct json_walk *walk, struct json_object *o);

static void array_compare(struct json_walk *walk, struct json_object *o)
{
	size_t i = 0;

	json_enter(walk);
	while (json_next_item(walk)) {
		assert(i < json_object_array_length(o));
		compare(walk, json_object_array_get_idx(o, i++));
	}
	assert(i == json_object_array_length(o));
}

static void object_compare(struct json_walk *walk, struct json_object *o)
{
	struct json_text name;
	int count = 0;

	json_enter(walk);
	while (json_next_member(walk, &name)) {
		AUTO_ARENA struct arena arena = { 0 };
		struct json_object *value = NULL;
		char *key = NULL;

		assert(json_text_copy(&name, &arena, &key) == 0);
		assert(json_object_object_get_ex(o, key, &value));
		compare(walk, value);
		count++;
	}
	assert(count == json_object_object_length(o));
}

static void compare(struct json_walk *walk, struct json_object *o)
{
	struct json_walk skipping = *walk;
	struct json_text text;

	assert(json_kind(walk) == kinds[json_object_get_type(o)]);
	json_skip(&skipping);
	switch (json_kind(walk)) {
	case JSON_NULL:
		json_skip(walk);
		break;
	case JSON_BOOLEAN:
		assert(json_take_boolean(walk) == json_object_get_boolean(o));
		break;
	case JSON_NUMBER:
		number_compare(walk, o);
		break;
	case JSON_STRING:
		json_take_text(walk, &text);
		text_compare(&text, json_object_get_string(o),
			     (size_t)json_object_get_string_len(o));
		break;
	case JSON_ARRAY:
		array_compare(walk, o);
		break;
	case JSON_OBJECT:
		object_compare(walk, o);
		break;
	}
	assert(walk->at == skipping.at);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_JSON struct json_object *o = NULL;
	const char *text = (const char *)data;
	struct json_walk walk;
	struct err e = { 0 };

	if (json_walk_begin(text, size, 1024 * 1024, "fuzz", &walk, &e) < 0) {
		assert(e.kind == ERR_INVALID && e.text[0]);
		return 0;
	}
	/* A number alone has nothing behind it that would end it. */
	if (json_kind(&walk) == JSON_NUMBER)
		return 0;
	assert(json_parse(text, size, 1024 * 1024, "fuzz", &o, &e) == 0);
	compare(&walk, o);
	assert(walk.at <= text + size);
	return 0;
}
