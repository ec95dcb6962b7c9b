/*
 * See save_documents.h.
 *
 * Runs in: cli (engine).
 */
#include "image/save_documents.h"

#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "format/reference.h"
#include "spec/descriptor.h"

/* The whole name for containerd and docker, the tag alone for everybody. */
static void write_annotations(struct json_writer *w, const char *name)
{
	struct reference reference;

	if (reference_parse(name, &reference, NULL) < 0)
		return;
	json_begin_object(w, "annotations");
	json_write_text(w, "io.containerd.image.name", name);
	json_write_text(w, "org.opencontainers.image.ref.name", reference.tag);
	json_end_object(w);
}

static void write_descriptor(struct json_writer *w, const struct save_item *item,
			     const struct save_manifest *manifest, const char *name)
{
	json_begin_object(w, NULL);
	json_write_text(w, "mediaType", manifest->media_type);
	json_write_text(w, "digest", item->manifest->digest);
	json_write_u64(w, "size", manifest->size);
	if (name)
		write_annotations(w, name);
	json_end_object(w);
}

void save_index(const struct save_items *items, const struct save_manifest *manifests,
		struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "schemaVersion", 2);
	json_write_text(&w, "mediaType", MEDIA_TYPE_OCI_INDEX);
	json_begin_array(&w, "manifests");
	for (size_t i = 0; i < items->count; i++) {
		const struct save_item *item = &items->items[i];

		for (size_t n = 0; n < item->tags.count; n++)
			write_descriptor(&w, item, &manifests[i], item->tags.items[n]);
		if (item->tags.count == 0)
			write_descriptor(&w, item, &manifests[i], NULL);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static void add_blob_path(struct str *out, const char *digest)
{
	str_clear(out);
	str_printf(out, "blobs/sha256/%s", digest_hex(digest));
}

/* "busybox:1", as docker writes it; "" for what is no name. */
static void add_familiar(struct str *out, const char *name)
{
	struct reference reference;
	char familiar[REFERENCE_SIZE * 2];

	str_clear(out);
	if (reference_parse(name, &reference, NULL) < 0)
		return;
	reference_familiar_name(&reference, familiar);
	str_printf(out, "%s:%s", familiar, reference.tag);
}

/* Is it an image that the items before `index` have, in another packing? */
static bool is_repeated(const struct save_items *items, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(items->items[i].record.id, items->items[index].record.id) == 0)
			return true;
	return false;
}

/* Those of all packings of the image at `index`. */
static void write_tags(struct json_writer *w, const struct save_items *items, size_t index)
{
	const char *id = items->items[index].record.id;
	AUTO_STR struct str text = { 0 };
	size_t count = 0;

	for (size_t i = index; i < items->count; i++) {
		const struct save_item *item = &items->items[i];

		if (strcmp(item->record.id, id) != 0)
			continue;
		for (size_t n = 0; n < item->tags.count; n++) {
			if (count++ == 0)
				json_begin_array(w, "RepoTags");
			add_familiar(&text, item->tags.items[n]);
			json_write_text(w, NULL, str_text(&text));
		}
	}
	if (count > 0)
		json_end_array(w);
	else
		json_write_text(w, "RepoTags", NULL);
}

static void write_image(struct json_writer *w, const struct save_items *items, size_t index)
{
	const struct save_item *item = &items->items[index];
	AUTO_STR struct str text = { 0 };

	json_begin_object(w, NULL);
	add_blob_path(&text, item->record.id);
	json_write_text(w, "Config", str_text(&text));
	write_tags(w, items, index);
	json_begin_array(w, "Layers");
	for (size_t n = 0; n < item->record.layer_count; n++) {
		add_blob_path(&text, item->manifest->layers[n].blob);
		json_write_text(w, NULL, str_text(&text));
	}
	json_end_array(w);
	json_end_object(w);
}

void save_manifest_json(const struct save_items *items, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_array(&w, NULL);
	for (size_t i = 0; i < items->count; i++)
		if (!is_repeated(items, i))
			write_image(&w, items, i);
	json_end_array(&w);
}

struct tagged {
	const char *repository; /* as users see it */
	const char *tag;
	const char *layer; /* the topmost one's blob */
};

/* An image without layers has no better name here. */
static const char *item_top(const struct save_item *item)
{
	return item->record.layer_count > 0
		       ? item->manifest->layers[item->record.layer_count - 1].blob
		       : item->record.id;
}

static int tagged_compare(const void *a, const void *b)
{
	const struct tagged *x = a;
	const struct tagged *y = b;
	int order = strcmp(x->repository, y->repository);

	return order != 0 ? order : strcmp(x->tag, y->tag);
}

static size_t tagged_count(const struct save_items *items)
{
	size_t count = 0;

	for (size_t i = 0; i < items->count; i++)
		count += items->items[i].tags.count;
	return count;
}

static struct tagged *tagged_list(const struct save_items *items, struct arena *arena)
{
	struct tagged *list = arena_array(arena, tagged_count(items), sizeof(*list));
	size_t count = 0;

	for (size_t i = 0; list && i < items->count; i++) {
		const struct save_item *item = &items->items[i];

		for (size_t n = 0; n < item->tags.count; n++, count++) {
			struct reference reference = { 0 };
			char familiar[REFERENCE_SIZE * 2];

			(void)reference_parse(item->tags.items[n], &reference, NULL);
			reference_familiar_name(&reference, familiar);
			list[count].repository = arena_copy(arena, familiar);
			list[count].tag = arena_copy(arena, reference.tag);
			list[count].layer = item_top(item);
		}
	}
	return arena_ok(arena) == 0 ? list : NULL;
}

int save_repositories(const struct save_items *items, struct str *out)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct tagged *list = tagged_list(items, &arena);
	struct json_writer w = { .out = out };
	size_t count = tagged_count(items);

	if (!list)
		return -ENOMEM;
	if (count > 1)
		qsort(list, count, sizeof(*list), tagged_compare);
	json_begin_object(&w, NULL);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(list[i].repository, list[i - 1].repository) != 0)
			json_begin_object(&w, list[i].repository);
		json_write_text(&w, list[i].tag, digest_hex(list[i].layer));
		if (i + 1 == count || strcmp(list[i].repository, list[i + 1].repository) != 0)
			json_end_object(&w);
	}
	json_end_object(&w);
	return str_ok(out);
}
