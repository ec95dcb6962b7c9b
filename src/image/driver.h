/*
 * Storage drivers: in which form new layers are kept, and what a container's root is made of.
 *
 *   erofs     a layer is one file, mounted once in the holder for all containers; a root is an
 *             overlay. Needs root and a kernel that mounts EROFS from a file (6.12)
 *   overlay   a layer is a directory tree; a root is an overlay
 *   vfs       a layer is a directory tree; a root is a copy of all of them. For where no overlay
 *             can be mounted: slow, and takes the space
 *
 * Runs in: cli (engine).
 * See: docs/storage.md.
 */
#ifndef HOY_IMAGE_DRIVER_H
#define HOY_IMAGE_DRIVER_H

#include <stdbool.h>

#include "base/err.h"
#include "image/layer.h"
#include "store/state.h"

#define DRIVER_NAMES "erofs, overlay and vfs"

struct layer_driver {
	const char *name;
	enum layer_form form; /* of a new layer */
	bool is_copying;      /* a root is a copy, not an overlay */
};

/*
 * The one to use: by `name`, or else state->driver, or else the first that works here. What works
 * is tried once a boot and remembered in RUNROOT. Returns 0, or -EINVAL (no such driver),
 * -EOPNOTSUPP with the reason.
 */
int layer_driver_choose(const struct state *state, const char *name,
			const struct layer_driver **ret, struct err *e);

/* By its name; NULL: no such driver. */
const struct layer_driver *layer_driver_find(const char *name);

#endif
