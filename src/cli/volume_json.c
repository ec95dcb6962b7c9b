/*
 * See volume_json.h.
 *
 * Runs in: cli.
 */
#include "cli/volume_json.h"

#include "base/clock.h"
#include "format/json.h"

struct json_object *volume_json(const struct volume *volume)
{
	struct json_object *o = json_object_new_object();
	char created[CLOCK_TEXT_SIZE];

	if (!o)
		return NULL;
	clock_text(volume->created_ns / 1000000000 * 1000000000, created);
	(void)json_object_object_add(o, "CreatedAt", json_new_text(created));
	(void)json_object_object_add(o, "Driver", json_new_text("local"));
	(void)json_object_object_add(
		o, "Labels", volume->labels.count > 0 ? json_new_map(&volume->labels) : NULL);
	(void)json_object_object_add(o, "Mountpoint", json_new_text(volume->mountpoint));
	(void)json_object_object_add(o, "Name", json_new_text(volume->name));
	(void)json_object_object_add(o, "Options", NULL);
	(void)json_object_object_add(o, "Scope", json_new_text("local"));
	return o;
}

struct json_object *volume_row(const struct volume *volume)
{
	/* The size takes too long for a list; the rest is a cluster's. */
	static const char *const unknown[] = { "Availability", "Group",	 "Links",
					       "Size",	       "Status", NULL };
	struct json_object *o = json_object_new_object();
	AUTO_STR struct str labels = { 0 };

	if (!o)
		return NULL;
	for (size_t i = 0; i < volume->labels.count; i++)
		str_printf(&labels, "%s%s", i > 0 ? "," : "", volume->labels.items[i]);
	(void)json_object_object_add(o, "Driver", json_new_text("local"));
	(void)json_object_object_add(o, "Labels", json_new_text(str_text(&labels)));
	(void)json_object_object_add(o, "Mountpoint", json_new_text(volume->mountpoint));
	(void)json_object_object_add(o, "Name", json_new_text(volume->name));
	(void)json_object_object_add(o, "Scope", json_new_text("local"));
	for (size_t i = 0; unknown[i]; i++)
		(void)json_object_object_add(o, unknown[i], json_new_text("N/A"));
	return o;
}
