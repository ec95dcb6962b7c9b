/*
 * Paths of an archive below the directory that a layer is written to: resolved by the kernel
 * with that directory as the root, so that links of the archive are followed and lead nowhere
 * else.
 *
 * Runs in: image, confined.
 * See: openat2(2).
 */
#ifndef HOY_IMAGE_TOOL_PLACE_PATH_H
#define HOY_IMAGE_TOOL_PLACE_PATH_H

#include <limits.h>
#include <stdint.h>

#include "base/err.h"

struct place_path {
	int root_fd; /* borrowed */
	int parent_fd;
	char parent[PATH_MAX]; /* what parent_fd is; "": not known any more */
	uint64_t implied;      /* directories that were made without an entry */
};

/* What is at `path` ("" is the root). Returns an fd owned by the caller, or -errno. */
int place_path_open(const struct place_path *place, const char *path, uint64_t flags);

/*
 * The directory that `path` lies in, made where it is missing (root, 0755; in place of a
 * whiteout: and opaque), and the last component in `*ret_name`. The fd is borrowed: consecutive
 * entries mostly lie in one directory, so the last one is kept. Returns it, or -errno.
 */
int place_path_parent(struct place_path *place, const char *path, const char **ret_name,
		      struct err *e);
/* Something was replaced: paths may lead elsewhere now. What was handed out stays open. */
void place_path_forget(struct place_path *place);
void place_path_done(struct place_path *place);

/* The directory `name` hides what the layers below have in it. Returns 0 or -errno. */
int place_path_hide(int parent_fd, const char *name);

#endif
