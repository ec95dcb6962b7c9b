/*
 * Putting files where an archive says, and never anywhere else.
 *
 * A name is resolved once, to the directory it lies in, with openat2(RESOLVE_IN_ROOT): links of
 * the archive are followed, but the root is where they end. Everything after that happens on
 * descriptors, and what is opened was made by us just before (O_EXCL), so that no mode, owner
 * or attribute ever lands on something a link points to.
 *
 * Directories get their mode, owner, attributes and times last, when nothing is put into them
 * any more.
 *
 * Runs in: image, confined.
 * See: openat2(2).
 */
#ifndef HOY_IMAGE_TOOL_PLACE_H
#define HOY_IMAGE_TOOL_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/str.h"

struct place_xattr {
	const char *name;
	const void *value;
	size_t len;
};

/* What an entry's inode shall be. Everything is borrowed. */
struct place_inode {
	mode_t mode; /* type and permissions */
	uid_t uid;
	gid_t gid;
	dev_t device;
	struct timespec times[2]; /* access, modification */
	const struct place_xattr *xattrs;
	size_t xattr_count;
};

struct place_directory; /* one that waits for its mode and times */

struct place {
	int root_fd; /* borrowed */
	int parent_fd;
	char parent[PATH_MAX]; /* what parent_fd is; "" when it is -EBADF */
	struct arena arena;
	struct place_directory *directories; /* the latest first */
};

void place_init(struct place *place, int root_fd);
void place_done(struct place *place);

/*
 * Each takes a clean path (tool_name.h) and replaces what an earlier entry put there, except
 * that a directory stays one. A missing parent is made (root, 0755). Returns 0 or -errno with a
 * sentence that names the path.
 */
int place_directory(struct place *place, const char *path, const struct place_inode *inode,
		    struct err *e);
/* Returns an fd for the content, owned by the caller, who then calls place_file_end. */
int place_file(struct place *place, const char *path, const struct place_inode *inode,
	       struct err *e);
int place_file_end(int fd, const char *path, const struct place_inode *inode, uint64_t size,
		   struct err *e);
int place_symlink(struct place *place, const char *path, const char *target,
		  const struct place_inode *inode, struct err *e);
/* `target` is a clean path too, and must exist already. */
int place_hardlink(struct place *place, const char *path, const char *target, struct err *e);
/* A fifo or a device node. */
int place_node(struct place *place, const char *path, const struct place_inode *inode,
	       struct err *e);

/*
 * `hidden` (the last component of `path` without its prefix) of the layers below is gone: a
 * character device 0:0, unless this layer has something of that name, which then must not be
 * merged with what is below.
 */
int place_whiteout(struct place *place, const char *path, const char *hidden, struct err *e);
/* The directory in which `path` lies hides what the layers below have in it. */
int place_opaque(struct place *place, const char *path, struct err *e);

/* Modes, owners, attributes and times of all directories. */
int place_finish(struct place *place, struct err *e);

#endif
