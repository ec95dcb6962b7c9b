/*
 * From where a registry may take a blob, so that it need not be sent.
 *
 * Runs in: cli (engine).
 * See: OCI distribution-spec "Mounting a blob from another repository".
 */
#ifndef HOY_IMAGE_PUSH_MOUNT_H
#define HOY_IMAGE_PUSH_MOUNT_H

#include "format/reference.h"
#include "image/ref.h"

/*
 * Another repository of `target`'s registry that an image with this blob came from or went to, by
 * `refs`, the names of all images: who has a name by digest has been there. In `arena`; NULL:
 * there is none.
 */
const char *push_mount_find(const struct state *state, const struct ref *refs, size_t count,
			    const struct reference *target, const char *blob,
			    struct arena *arena);

#endif
