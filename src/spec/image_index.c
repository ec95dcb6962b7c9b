/*
 * See image_index.h.
 *
 * Runs in: cli (engine), image.
 */
#include "spec/image_index.h"

#include <stdio.h>

#include "format/json.h"

static int read_names(struct json_object *o, const char *path, struct arena *arena,
		      struct index_entry *entry, struct err *e)
{
	struct json_object *annotations = NULL;
	int r = json_get_object(o, path, "annotations", &annotations, e);

	if (r < 0 || !annotations)
		return r;
	r = json_get_string(annotations, path, "org.opencontainers.image.ref.name", arena,
			    &entry->ref_name, e);
	return r < 0 ? r
		     : json_get_string(annotations, path, "io.containerd.image.name", arena,
				       &entry->image_name, e);
}

static int read_entry(struct json_object *o, const char *path, struct arena *arena,
		      struct index_entry *entry, struct err *e)
{
	struct json_object *platform = NULL;
	int r = descriptor_read(o, path, arena, &entry->descriptor, e);

	if (r == 0)
		r = json_get_object(o, path, "platform", &platform, e);
	if (r == 0)
		r = platform_read(platform, &entry->platform, e);
	if (r == 0)
		r = json_get_string(o, path, "artifactType", arena, &entry->artifact_type, e);
	return r < 0 ? r : read_names(o, path, arena, entry, e);
}

static int read_entries(struct json_object *root, struct arena *arena,
			struct image_index *index, struct err *e)
{
	struct json_object *array = NULL;
	int r = json_get_array(root, "", "manifests", INDEX_ENTRIES_MAX, &array, e);

	if (r < 0)
		return r;
	if (!array)
		return err_set(e, ERR_INVALID, -EINVAL, "it has no manifests");
	index->count = json_object_array_length(array);
	index->entries = arena_array(arena, index->count, sizeof(index->entries[0]));
	if (!index->entries)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	for (size_t i = 0; i < index->count && r == 0; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "manifests[%zu]", i);
		r = read_entry(json_object_array_get_idx(array, i), path, arena,
			       &index->entries[i], e);
	}
	return r;
}

static int read_index(struct json_object *root, const char *said, struct arena *arena,
		      struct image_index *index, struct err *e)
{
	int r = document_media_type(root, said, arena, &index->media_type, e);

	if (r < 0)
		return r;
	if (media_type_is_manifest(index->media_type))
		return err_set(e, ERR_INVALID, -EINVAL, "it is a manifest, not an index");
	if (!media_type_is_index(index->media_type))
		index->media_type = arena_copy(arena, MEDIA_TYPE_OCI_INDEX);
	return read_entries(root, arena, index, e);
}

int image_index_parse(const char *json, size_t len, const char *said, struct arena *arena,
		      struct image_index *ret, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	struct image_index index = { 0 };
	int r = json_parse(json, len, MANIFEST_MAX, "index", &root, e);

	if (r < 0)
		return r;
	r = read_index(root, said, arena, &index, e);
	if (r == 0 && arena_ok(arena) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (r < 0)
		return err_wrap(e, r, "index");
	*ret = index;
	return 0;
}

/* What can be followed; entries of other types (attestations, artifacts) are no images. */
static bool is_image(const struct index_entry *entry)
{
	return media_type_is_manifest(entry->descriptor.media_type) ||
	       media_type_is_index(entry->descriptor.media_type);
}

int image_index_choose(const struct image_index *index, const struct platform *wanted,
		       const struct index_entry **ret, struct err *e)
{
	const struct index_entry *best = NULL;
	const struct index_entry *only = NULL;
	char text[PLATFORM_TEXT];
	size_t images = 0;
	int best_rank = 0;

	for (size_t i = 0; i < index->count; i++) {
		const struct index_entry *entry = &index->entries[i];
		int rank = platform_rank(wanted, &entry->platform);

		if (!is_image(entry))
			continue;
		images++;
		if (!platform_is_known(&entry->platform))
			only = entry;
		if (rank < 0 || (best && rank >= best_rank))
			continue;
		best = entry;
		best_rank = rank;
	}
	if (!best && images == 1)
		best = only;
	platform_text(wanted, text);
	if (!best)
		return err_set(e, ERR_NOT_FOUND, -ENOENT,
			       "no matching manifest for %s in the manifest list entries",
			       text);
	*ret = best;
	return 0;
}
