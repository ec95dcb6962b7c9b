/*
 * See image_row.h.
 *
 * Runs in: cli.
 */
#include "cli/image_row.h"

#include "format/json.h"
#include "format/reference.h"
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

static void put_name(struct json_object *row, const char *reference_text)
{
	struct reference reference = { 0 };
	char familiar[REFERENCE_SIZE * 2];

	if (!reference_text || reference_parse(reference_text, &reference, NULL) < 0) {
		put(row, "Repository", none);
		put(row, "Tag", none);
		put(row, "Digest", none);
		return;
	}
	reference_familiar_name(&reference, familiar);
	put(row, "Repository", familiar);
	put(row, "Tag", reference.tag[0] ? reference.tag : none);
	put(row, "Digest", reference.digest[0] ? reference.digest : none);
}

struct json_object *image_row(const struct image *image, const char *reference, uint64_t now_ns,
			      bool is_truncating)
{
	struct json_object *row = json_object_new_object();
	AUTO_STR struct str s = { 0 };
	char size[SIZE_TEXT_SIZE];

	if (!row)
		return NULL;
	put_name(row, reference);
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
	size_text(image->size, size);
	put(row, "Size", size);
	put(row, "VirtualSize", size);
	put(row, "SharedSize", "N/A");
	put(row, "UniqueSize", "N/A");
	put(row, "Containers", "N/A");
	return row;
}
