/*
 * A blob that is lost or damaged, once more from a registry that an image with it came from.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_BLOB_REFETCH_H
#define HOY_IMAGE_BLOB_REFETCH_H

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

/* Several are fetched again one after the other: who did not answer is not asked twice. */
struct blob_refetch {
	const struct state *state; /* borrowed */
	struct arena *arena;	   /* borrowed; where `silent` lives */
	struct strv silent;	   /* references whose registry could not be asked */
};

/*
 * Put a config, manifest or layer in the place of what the store has under `digest`, once its
 * digest is right. Asked are the registries of the names with a digest ("busybox@sha256:...") that
 * images with this blob have. -ENOENT: there is none, or none that has it. Without the lock of the
 * images: a blob that nobody needs any more by then is swept.
 */
int blob_refetch(struct blob_refetch *refetch, const char *digest, struct err *e);

#endif
