/*
 * See resources_patch.h.
 *
 * Runs in: runtime.
 */
#include "oci/resources_patch.h"

#include "spec/runtime_spec_read.h"

static const struct {
	const char *object;
	const char *key;
} limits[] = {
	{ "memory", "limit" },	     { "memory", "reservation" }, { "memory", "swap" },
	{ "memory", "kernel" },	     { "memory", "kernelTCP" },	  { "cpu", "shares" },
	{ "cpu", "quota" },	     { "cpu", "period" },	  { "cpu", "realtimeRuntime" },
	{ "cpu", "realtimePeriod" }, { "blockIO", "weight" },	  { "blockIO", "leafWeight" },
	{ "pids", "limit" },
};

/* Only numbers: what has another type is refused later, with its path. */
static void forget_zeros(struct json_object *patch)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct json_object *object = json_object_object_get(patch, limits[i].object);
		struct json_object *limit = NULL;

		if (json_object_is_type(object, json_type_object))
			limit = json_object_object_get(object, limits[i].key);
		if (json_object_is_type(limit, json_type_int) &&
		    json_object_get_int64(limit) == 0)
			json_object_object_del(object, limits[i].key);
	}
}

int resources_patch_parse(const char *text, size_t len, struct json_object **ret, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	int r = json_parse(text, len, RESOURCES_PATCH_MAX, "resources", &o, e);

	if (r < 0)
		return r;
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "resources: expected an object");
	forget_zeros(o);
	*ret = o;
	o = NULL;
	return 0;
}

/* Objects are merged, everything else is replaced. The depth is json_scan's. */
static int merge(struct json_object *into, struct json_object *patch)
{
	json_object_object_foreach(patch, key, value)
	{
		struct json_object *old = json_object_object_get(into, key);
		int r;

		if (json_object_is_type(old, json_type_object) &&
		    json_object_is_type(value, json_type_object))
			r = merge(old, value);
		else
			r = json_object_object_add(into, key, json_object_get(value));
		if (r < 0)
			return -ENOMEM;
	}
	return 0;
}

/* The member `key`, an object, made where there is none. Borrowed; NULL without memory. */
static struct json_object *object_in(struct json_object *o, const char *key)
{
	struct json_object *found = json_object_object_get(o, key);

	if (json_object_is_type(found, json_type_object))
		return found;
	found = json_object_new_object();
	if (found && json_object_object_add(o, key, found) < 0) {
		(void)json_object_put(found);
		return NULL;
	}
	return found;
}

int resources_patch_config(const char *config, size_t len, struct json_object *patch,
			   struct str *out, struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	struct json_object *linux_object;
	struct json_object *resources = NULL;
	int r = json_parse(config, len, SPEC_CONFIG_MAX, "config.json", &o, e);

	if (r < 0)
		return r;
	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "config.json: expected an object");
	linux_object = object_in(o, "linux");
	if (linux_object)
		resources = object_in(linux_object, "resources");
	if (!resources || merge(resources, patch) < 0)
		return err_sys(e, ENOMEM, "config.json");
	json_compact(o, out);
	return str_ok(out) < 0 ? err_sys(e, ENOMEM, "config.json") : 0;
}
