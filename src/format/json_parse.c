/*
 * Reading JSON: see json.h.
 *
 * Runs in: cli, image.
 */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include "format/json.h"
#include "format/json_scan.h"

int json_parse(const char *text, size_t len, size_t max, const char *what,
	       struct json_object **ret, struct err *e)
{
	struct json_tokener *tokener;
	struct json_object *object;
	int r;

	assert(max <= INT_MAX);
	if (len > max)
		return err_set(e, ERR_INVALID, -EFBIG, "%s: larger than %zu bytes", what, max);
	r = json_scan(text, len, what, e);
	if (r < 0)
		return r;
	tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 2);
	if (!tokener)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", what);
	/* A number at the very end is complete only when something follows. */
	object = json_tokener_parse_ex(tokener, text, (int)len);
	if (!object && json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, " ", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		r = err_set(e, ERR_INVALID, -EINVAL, "%s: %s", what,
			    json_tokener_error_desc(json_tokener_get_error(tokener)));
	json_tokener_free(tokener);
	if (r < 0) {
		(void)json_object_put(object);
		return r;
	}
	*ret = object;
	return 0;
}

static const char *type_name(struct json_object *value)
{
	static const char *const names[] = {
		[json_type_null] = "null",	  [json_type_boolean] = "a boolean",
		[json_type_double] = "a number",  [json_type_int] = "a number",
		[json_type_object] = "an object", [json_type_array] = "an array",
		[json_type_string] = "a string",
	};

	return names[json_object_get_type(value)];
}

static int get_fail(struct err *e, const char *path, const char *key, const char *expected,
		    struct json_object *found)
{
	return err_set(e, ERR_INVALID, -EINVAL, "%s%s%s: expected %s, found %s", path,
		       path[0] ? "." : "", key, expected, type_name(found));
}

/* The member, or NULL for absent or null; -EINVAL when `o` is no object or the member has
 * another type. */
static int get_member(struct json_object *o, const char *path, const char *key,
		      enum json_type type, const char *expected, struct json_object **ret,
		      struct err *e)
{
	struct json_object *value = NULL;

	*ret = NULL;
	if (o && !json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object, found %s",
			       path, type_name(o));
	if (!o || !json_object_object_get_ex(o, key, &value) || !value)
		return 0;
	if (!json_object_is_type(value, type))
		return get_fail(e, path, key, expected, value);
	*ret = value;
	return 0;
}

/* A copy of a string without NUL in it. */
static int copy_string(struct json_object *value, const char *path, const char *key,
		       struct arena *arena, char **ret, struct err *e)
{
	const char *text;
	char *copy;

	if (!json_object_is_type(value, json_type_string))
		return get_fail(e, path, key, "a string", value);
	text = json_object_get_string(value);
	if (strlen(text) != (size_t)json_object_get_string_len(value))
		return err_set(e, ERR_INVALID, -EINVAL, "%s%s%s: contains a NUL", path,
			       path[0] ? "." : "", key);
	copy = arena_copy(arena, text);
	if (!copy)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", path);
	*ret = copy;
	return 0;
}

int json_get_string(struct json_object *o, const char *path, const char *key,
		    struct arena *arena, char **ret, struct err *e)
{
	struct json_object *value;
	int r = get_member(o, path, key, json_type_string, "a string", &value, e);

	return r < 0 || !value ? r : copy_string(value, path, key, arena, ret, e);
}

int json_get_bool(struct json_object *o, const char *path, const char *key, bool *ret,
		  struct err *e)
{
	struct json_object *value;
	int r = get_member(o, path, key, json_type_boolean, "a boolean", &value, e);

	if (r == 0 && value)
		*ret = json_object_get_boolean(value);
	return r;
}

static int get_range(struct err *e, const char *path, const char *key)
{
	return err_set(e, ERR_INVALID, -EINVAL, "%s%s%s: the number is out of range", path,
		       path[0] ? "." : "", key);
}

int json_get_i64(struct json_object *o, const char *path, const char *key, int64_t min,
		 int64_t max, int64_t *ret, struct err *e)
{
	struct json_object *value;
	int64_t number;
	int r = get_member(o, path, key, json_type_int, "an integer", &value, e);

	if (r < 0 || !value)
		return r;
	/* what is above INT64_MAX is cut to it: seen in the unsigned reading */
	number = json_object_get_int64(value);
	if (number < min || number > max ||
	    (number > 0 && json_object_get_uint64(value) != (uint64_t)number))
		return get_range(e, path, key);
	*ret = number;
	return 0;
}

int json_get_u64(struct json_object *o, const char *path, const char *key, uint64_t max,
		 uint64_t *ret, struct err *e)
{
	struct json_object *value;
	int r = get_member(o, path, key, json_type_int, "an integer", &value, e);

	if (r < 0 || !value)
		return r;
	if (json_object_get_int64(value) < 0 || json_object_get_uint64(value) > max)
		return get_range(e, path, key);
	*ret = json_object_get_uint64(value);
	return 0;
}

int json_get_strings(struct json_object *o, const char *path, const char *key,
		     struct arena *arena, struct strv *ret, struct err *e)
{
	struct strv items = { 0 };
	struct json_object *array;
	int r = get_member(o, path, key, json_type_array, "an array", &array, e);

	if (r < 0 || !array)
		return r;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		char *item;

		r = copy_string(json_object_array_get_idx(array, i), path, key, arena, &item,
				e);
		if (r < 0)
			return r;
		strv_add_borrowed(&items, arena, item);
	}
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", path);
	*ret = items;
	return 0;
}

int json_get_map(struct json_object *o, const char *path, const char *key, struct arena *arena,
		 struct strv *ret, struct err *e)
{
	struct strv items = { 0 };
	struct json_object *map;
	int r = get_member(o, path, key, json_type_object, "an object", &map, e);

	if (r < 0 || !map)
		return r;
	json_object_object_foreach(map, name, value)
	{
		char *text;

		/* "a=b" would come back as the key "a". */
		if (strchr(name, '='))
			return err_set(e, ERR_INVALID, -EINVAL, "%s.%s: '=' in the key \"%s\"",
				       path, key, name);
		r = copy_string(value, path, key, arena, &text, e);
		if (r < 0)
			return r;
		strv_add_borrowed(&items, arena, arena_printf(arena, "%s=%s", name, text));
	}
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", path);
	*ret = items;
	return 0;
}

int json_get_set(struct json_object *o, const char *path, const char *key, struct arena *arena,
		 struct strv *ret, struct err *e)
{
	struct strv items = { 0 };
	struct json_object *set;
	int r = get_member(o, path, key, json_type_object, "an object", &set, e);

	if (r < 0 || !set)
		return r;
	json_object_object_foreach(set, name, value)
	{
		if (value && !json_object_is_type(value, json_type_object))
			return get_fail(e, path, key, "an object of empty objects", value);
		strv_add(&items, arena, name);
	}
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", path);
	*ret = items;
	return 0;
}

int json_get_object(struct json_object *o, const char *path, const char *key,
		    struct json_object **ret, struct err *e)
{
	struct json_object *value;
	int r = get_member(o, path, key, json_type_object, "an object", &value, e);

	if (r == 0)
		*ret = value;
	return r;
}

int json_get_array(struct json_object *o, const char *path, const char *key, size_t max,
		   struct json_object **ret, struct err *e)
{
	struct json_object *value;
	int r = get_member(o, path, key, json_type_array, "an array", &value, e);

	if (r < 0)
		return r;
	if (value && json_object_array_length(value) > max)
		return err_set(e, ERR_INVALID, -EINVAL, "%s%s%s: more than %zu items", path,
			       path[0] ? "." : "", key, max);
	*ret = value;
	return 0;
}
