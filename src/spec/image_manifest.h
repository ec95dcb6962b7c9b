/*
 * An image's manifest: its config and its layers, lowest first. OCI's and docker's schema 2.
 *
 * Runs in: cli (engine), image.
 * See: OCI image-spec manifest.md; distribution docs/spec/manifest-v2-2.md.
 */
#ifndef HOY_SPEC_IMAGE_MANIFEST_H
#define HOY_SPEC_IMAGE_MANIFEST_H

#include "spec/descriptor.h"

struct image_manifest {
	char *media_type;
	struct descriptor config;
	struct descriptor *layers;
	size_t layer_count; /* 1 to IMAGE_LAYERS_MAX */
};

/*
 * Parse and check; everything lives in `arena`. `said`: as what it was given out; NULL. Returns
 * 0, or -EINVAL / -EFBIG / -EOPNOTSUPP with a sentence: not a manifest, ambiguous, of schema 1,
 * no image (another config or other layers), too many layers or none.
 */
int image_manifest_parse(const char *json, size_t len, const char *said, struct arena *arena,
			 struct image_manifest *ret, struct err *e);

#endif
