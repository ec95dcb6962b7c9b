/*
 * The documents of an archive: what its blobs are. Pure: from items to text.
 *
 * Runs in: cli (engine).
 * See: OCI image-spec image-layout.md, annotations.md; moby image/spec/spec.md.
 */
#ifndef HOY_IMAGE_SAVE_DOCUMENTS_H
#define HOY_IMAGE_SAVE_DOCUMENTS_H

#include "image/save_items.h"

/* How the manifest of an item is described. */
struct save_manifest {
	const char *media_type;
	uint64_t size;
};

#define SAVE_OCI_LAYOUT "{\"imageLayoutVersion\":\"1.0.0\"}"

/* index.json: a descriptor for each name, one for an image without. `manifests` has one entry per
 * item. */
void save_index(const struct save_items *items, const struct save_manifest *manifests,
		struct str *out);
/* manifest.json of docker's archives: an entry for each image, in the packing that was named
 * first, with all its names. */
void save_manifest_json(const struct save_items *items, struct str *out);
/* `repositories`, which was all there was until docker 1.10. */
int save_repositories(const struct save_items *items, struct str *out);

#endif
