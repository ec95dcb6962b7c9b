/*
 * An OCI layout: index.json names manifests, or indexes of manifests for several platforms, all of
 * them blobs below blobs/sha256/.
 *
 * What docker saves since its version 25 is a layout too, and so is what hoy saves: then this is
 * how it is read, because it has the manifests, and so the digests.
 *
 * Runs in: image, confined.
 * See: OCI image-spec image-layout.md.
 */
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "format/reference.h"
#include "image/tool_images.h"
#include "spec/image_config.h"
#include "spec/image_index.h"
#include "spec/image_manifest.h"

enum { INDEX_DEPTH_MAX = 4, BLOB_KEY = 96 };

struct layout {
	const struct tar_index *index;
	struct archive_images *images;
	const struct images_wanted *wanted;
};

static void blob_key(const char *digest, char key[BLOB_KEY])
{
	(void)snprintf(key, BLOB_KEY, "blobs/sha256/%s", digest_hex(digest));
}

/* The member that a descriptor means; it must be as large as it says. */
static int find_blob(const struct layout *layout, const struct descriptor *descriptor,
		     const struct indexed **ret, struct err *e)
{
	char key[BLOB_KEY];
	int r;

	blob_key(descriptor->digest, key);
	r = tar_index_find(layout->index, key, ret, e);
	if (r == 0 && (*ret)->size != descriptor->size)
		r = err_set(e, ERR_INVALID, -EBADMSG, "blob %s has %llu bytes instead of %llu",
			    descriptor->digest, (unsigned long long)(*ret)->size,
			    (unsigned long long)descriptor->size);
	return r;
}

static int find_part(const struct layout *layout, const struct descriptor *descriptor,
		     struct archive_part *part, struct err *e)
{
	part->media_type = descriptor->media_type;
	memcpy(part->digest, descriptor->digest, sizeof(part->digest));
	return find_blob(layout, descriptor, &part->member, e);
}

/* --- manifests --------------------------------------------------------------------------- */

static int add_manifest(const struct layout *layout, const struct descriptor *descriptor,
			struct archive_image *image, struct err *e)
{
	AUTO_FREE char *text = NULL;
	struct image_manifest manifest = { 0 };
	int r = find_part(layout, descriptor, &image->manifest, e);

	if (r == 0)
		r = tar_index_text(layout->index, image->manifest.member, MANIFEST_MAX, &text,
				   e);
	if (r == 0)
		r = image_manifest_parse(text, (size_t)image->manifest.member->size,
					 descriptor->media_type, &layout->images->arena,
					 &manifest, e);
	if (r == 0)
		r = find_part(layout, &manifest.config, &image->config, e);
	if (r == 0)
		r = archive_images_layers(layout->images, image, manifest.layer_count, e);
	for (size_t i = 0; r == 0 && i < manifest.layer_count; i++)
		r = find_part(layout, &manifest.layers[i], &image->layers[i], e);
	return r;
}

/* The image of this manifest, which may be there already under another name. */
static int get_image(const struct layout *layout, const struct descriptor *descriptor,
		     struct archive_image **ret, struct err *e)
{
	struct archive_images *images = layout->images;
	struct archive_image *image;
	int r;

	for (size_t i = 0; i < images->count; i++) {
		*ret = &images->items[i];
		if (strcmp((*ret)->manifest.digest, descriptor->digest) == 0)
			return 0;
	}
	image = &images->items[images->count];
	r = add_manifest(layout, descriptor, image, e);
	if (r < 0)
		return err_wrap(e, r, "manifest %.19s", descriptor->digest);
	images->count++;
	*ret = image;
	return 0;
}

/* --- indexes ----------------------------------------------------------------------------- */

/* Of an index for several platforms, often only one's blobs are there. */
static void keep_present(const struct layout *layout, struct image_index *index)
{
	size_t kept = 0;

	for (size_t i = 0; i < index->count; i++) {
		char key[BLOB_KEY];

		blob_key(index->entries[i].descriptor.digest, key);
		if (tar_index_has(layout->index, key))
			index->entries[kept++] = index->entries[i];
	}
	index->count = kept;
}

/* Attestations stand among the platforms as "unknown/unknown". */
static const struct index_entry *only_image(const struct image_index *index)
{
	const struct index_entry *only = NULL;

	for (size_t i = 0; i < index->count; i++) {
		const struct index_entry *entry = &index->entries[i];

		if (strcmp(entry->platform.os, "unknown") == 0 ||
		    !media_type_is_manifest(entry->descriptor.media_type))
			continue;
		if (only)
			return NULL;
		only = entry;
	}
	return only;
}

/* From an index down to a manifest. */
static int choose(const struct layout *layout, struct descriptor *descriptor, struct err *e)
{
	for (int depth = 0; media_type_is_index(descriptor->media_type); depth++) {
		const struct index_entry *entry;
		const struct indexed *member;
		AUTO_FREE char *text = NULL;
		struct image_index index;
		int r = find_blob(layout, descriptor, &member, e);

		if (r == 0 && depth == INDEX_DEPTH_MAX)
			r = err_set(e, ERR_INVALID, -EINVAL, "indexes lead to indexes");
		if (r == 0)
			r = tar_index_text(layout->index, member, MANIFEST_MAX, &text, e);
		if (r == 0)
			r = image_index_parse(text, (size_t)member->size,
					      descriptor->media_type, &layout->images->arena,
					      &index, e);
		if (r < 0)
			return r;
		keep_present(layout, &index);
		r = image_index_choose(&index, &layout->wanted->platform, &entry, e);
		if (r == -ENOENT && !layout->wanted->is_platform_given) {
			entry = only_image(&index);
			r = entry ? 0 : r;
		}
		if (r < 0)
			return r;
		*descriptor = entry->descriptor;
	}
	return 0;
}

/* The whole name of an entry, if it has one: skopeo and podman write it where others write a tag.
 */
static const char *entry_name(const struct index_entry *entry)
{
	if (entry->image_name)
		return entry->image_name;
	return entry->ref_name && strpbrk(entry->ref_name, "/:") ? entry->ref_name : NULL;
}

/* As docker's archive has it: "busybox" for docker.io/library/busybox:latest. */
static bool is_called(const char *name, const char *image_name)
{
	char full[REFERENCE_SIZE * 2];
	struct reference reference;

	if (reference_parse(name, &reference, NULL) < 0)
		return false;
	reference_full(&reference, full);
	return str_equal(full, image_name);
}

static bool is_wanted(const struct layout *layout, const struct index_entry *entry)
{
	const char *name = layout->wanted->name;

	if (!media_type_is_manifest(entry->descriptor.media_type) &&
	    !media_type_is_index(entry->descriptor.media_type))
		return false; /* an artifact */
	/* What builders say about an image, written as one. */
	if (strcmp(entry->platform.os, "unknown") == 0)
		return false;
	if (layout->wanted->is_platform_given && platform_is_known(&entry->platform) &&
	    platform_rank(&layout->wanted->platform, &entry->platform) < 0)
		return false;
	return !name || str_equal(name, entry->ref_name) ||
	       str_equal(name, entry->image_name) || is_called(name, entry->image_name);
}

static int add_entry(const struct layout *layout, const struct index_entry *entry,
		     struct err *e)
{
	struct descriptor descriptor = entry->descriptor;
	const char *name = entry_name(entry);
	struct archive_image *image = NULL;
	int r = choose(layout, &descriptor, e);

	if (r == 0)
		r = get_image(layout, &descriptor, &image, e);
	if (r == 0 && image && name) {
		if (image->names.count == ARCHIVE_NAMES_MAX)
			return err_set(e, ERR_INVALID, -EFBIG, "an image has too many names");
		strv_add(&image->names, &layout->images->arena, name);
	}
	return r;
}

static int add_entries(const struct layout *layout, const struct image_index *index,
		       struct err *e)
{
	int r = archive_images_begin(layout->images, index->count, e);

	for (size_t i = 0; i < index->count && r == 0; i++)
		if (is_wanted(layout, &index->entries[i]))
			r = add_entry(layout, &index->entries[i], e);
	if (r < 0 || layout->images->count > 0)
		return r;
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "there is no image%s%.200s in it",
		       layout->wanted->name ? " " : "",
		       layout->wanted->name ? layout->wanted->name : "");
}

int archive_images_oci(const struct tar_index *index, const struct images_wanted *wanted,
		       struct archive_images *images, struct err *e)
{
	struct layout layout = { .index = index, .images = images, .wanted = wanted };
	AUTO_FREE char *text = NULL;
	const struct indexed *member;
	struct image_index top;
	int r = tar_index_find(index, "index.json", &member, e);

	if (r == 0)
		r = tar_index_text(index, member, MANIFEST_MAX, &text, e);
	if (r == 0)
		r = image_index_parse(text, (size_t)member->size, NULL, &images->arena, &top,
				      e);
	if (r == 0)
		r = add_entries(&layout, &top, e);
	return r < 0 ? err_wrap(e, r, "index.json") : 0;
}
