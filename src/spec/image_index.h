/*
 * An index: manifests of one image for several platforms; `index.json` of a layout, which names
 * images; and what refers to a manifest. OCI's and docker's manifest list.
 *
 * Runs in: cli (engine), image.
 * See: OCI image-spec image-index.md, annotations.md; distribution docs/spec/manifest-v2-2.md.
 */
#ifndef HOY_SPEC_IMAGE_INDEX_H
#define HOY_SPEC_IMAGE_INDEX_H

#include "spec/descriptor.h"
#include "spec/platform.h"

struct index_entry {
	struct descriptor descriptor;
	struct platform platform; /* {"", "", ""}: not said */
	char *artifact_type;	  /* as it stands there; NULL */
	/* of the annotations, as they stand there; NULL */
	char *ref_name;	  /* org.opencontainers.image.ref.name */
	char *image_name; /* io.containerd.image.name */
};

struct image_index {
	char *media_type;
	struct index_entry *entries;
	size_t count; /* at most INDEX_ENTRIES_MAX */
};

/* Parse and check, as image_manifest_parse. */
int image_index_parse(const char *json, size_t len, const char *said, struct arena *arena,
		      struct image_index *ret, struct err *e);

/*
 * The entry (a manifest, or another index) that suits `wanted` best; of several that are as good
 * the first. One without a platform is taken only when it is the only one. -ENOENT with docker's
 * sentence.
 */
int image_index_choose(const struct image_index *index, const struct platform *wanted,
		       const struct index_entry **ret, struct err *e);

#endif
