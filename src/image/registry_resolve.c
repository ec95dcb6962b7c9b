/*
 * From a tag or a digest to the manifest for a platform (registry.h), through the indexes between.
 *
 * Runs in: cli (engine).
 * See: OCI image-spec "Image Index".
 */
#include "image/registry.h"
#include "spec/image_index.h"

enum { RESOLVE_DEPTH = 2 };

void registry_image_done(struct registry_image *image)
{
	registry_document_done(&image->index);
	registry_document_done(&image->manifest);
}

/* The digest of the manifest that an index has for the platform. */
static int choose(const struct registry_document *index, const struct platform *platform,
		  char ret[DIGEST_SIZE], struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	const struct index_entry *entry = NULL;
	struct image_index parsed;
	int r = image_index_parse(index->bytes, index->len, index->media_type, &arena, &parsed,
				  e);

	if (r == 0)
		r = image_index_choose(&parsed, platform, &entry, e);
	return r < 0 ? r : str_copy(ret, DIGEST_SIZE, entry->descriptor.digest);
}

static int resolve(struct registry *registry, const char *name, const struct platform *platform,
		   struct registry_image *image, struct err *e)
{
	char digest[DIGEST_SIZE];
	int r = registry_manifest(registry, name, &image->manifest, e);

	for (int depth = 0; r == 0 && media_type_is_index(image->manifest.media_type);
	     depth++) {
		if (depth == RESOLVE_DEPTH)
			return err_set(e, ERR_INVALID, -ELOOP,
				       "it is an index of an index of an index");
		r = choose(&image->manifest, platform, digest, e);
		if (r < 0)
			return r;
		if (image->index.bytes)
			registry_document_done(&image->manifest);
		else
			image->index = image->manifest;
		image->manifest = (struct registry_document){ 0 };
		r = registry_manifest(registry, digest, &image->manifest, e);
	}
	return r;
}

int registry_resolve(struct registry *registry, const char *name,
		     const struct platform *platform, struct registry_image *ret, struct err *e)
{
	struct registry_image image = { 0 };
	int r = resolve(registry, name, platform, &image, e);

	if (r < 0)
		registry_image_done(&image);
	else
		*ret = image;
	return r;
}
