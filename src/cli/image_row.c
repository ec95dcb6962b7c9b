/*
 * See image_row.h.
 *
 * Runs in: cli.
 */
#include "cli/image_row.h"

#include "format/json.h"
#include "format/size.h"
#include "format/text.h"

static const char none[] = "<none>";

const struct listing_title image_titles[] = {
	{ "Repository", "REPOSITORY" },
	{ "Tag", "TAG" },
	{ "Digest", "DIGEST" },
	{ "ID", "IMAGE ID" },
	{ "CreatedSince", "CREATED" },
	{ "CreatedAt", "CREATED AT" },
	{ "Size", "SIZE" },
	{ "VirtualSize", "SIZE" },
	{ "SharedSize", "SHARED SIZE" },
	{ "UniqueSize", "UNIQUE SIZE" },
	{ "Containers", "CONTAINERS" },
	{ NULL, NULL },
};

static void put(struct json_object *row, const char *field, const char *text)
{
	(void)json_object_object_add(row, field, json_new_text(text));
}

static void put_name(struct json_object *row, const struct image_name *name)
{
	put(row, "Repository", name->repository ? name->repository : none);
	put(row, "Tag", name->tag ? name->tag : none);
	put(row, "Digest", name->digest ? name->digest : none);
}

struct json_object *image_row(const struct image *image, const struct image_name *name,
			      uint64_t now_ns, bool is_truncating)
{
	struct json_object *row = json_object_new_object();
	AUTO_STR struct str s = { 0 };
	char size[SIZE_TEXT_SIZE];

	if (!row)
		return NULL;
	put_name(row, name);
	if (is_truncating)
		text_short_id(image->id, &s);
	else
		str_add(&s, image->id);
	put(row, "ID", str_text(&s));
	str_clear(&s);
	text_ago(now_ns, image->created_ns, &s);
	put(row, "CreatedSince", str_text(&s));
	str_clear(&s);
	text_created_at(image->created_ns, &s);
	put(row, "CreatedAt", str_text(&s));
	size_text_short(image->size, size);
	put(row, "Size", size);
	size_text(image->size, size);
	put(row, "VirtualSize", size);
	put(row, "SharedSize", "N/A");
	put(row, "UniqueSize", "N/A");
	put(row, "Containers", "N/A");
	return row;
}
