/*
 * Paths in the tree of a layer, as the kernel would resolve them with the layer as the root:
 * links are followed, "/" and ".." lead no higher than the root.
 *
 * Runs in: image, confined.
 * See: openat2(2) RESOLVE_IN_ROOT, path_resolution(7).
 */
#ifndef HOY_IMAGE_TOOL_EROFS_WALK_H
#define HOY_IMAGE_TOOL_EROFS_WALK_H

#include <limits.h>
#include <stdint.h>

#include "base/err.h"
#include "image/tool_erofs_tree.h"

struct erofs_walk {
	struct erofs_tree *tree; /* borrowed */
	/* where the last path led, and what that is (EROFS_NONE: not known): most entries lie
	 * where the last one did */
	char parent[PATH_MAX];
	uint32_t directory;
	uint64_t implied; /* directories that were made without an entry */
};

/* The directory at `path`, seen from `directory` ("" is itself), into `*ret`. Returns 0,
 * -ENOENT, -ENOTDIR, -ELOOP, -ENAMETOOLONG. */
int erofs_walk(const struct erofs_tree *tree, uint32_t directory, const char *path,
	       uint32_t *ret);

/*
 * The directory that the last component of the clean path `path` lies in, made where it is
 * missing (root, 0755), and that component in `*ret_name`.
 */
int erofs_walk_parent(struct erofs_walk *walk, const char *path, uint32_t *ret_directory,
		      const char **ret_name, struct err *e);
/* Something was replaced: paths may lead elsewhere now. */
void erofs_walk_forget(struct erofs_walk *walk);

#endif
