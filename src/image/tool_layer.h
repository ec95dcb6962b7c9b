/*
 * What a layer is written with: as files below a directory (tool_place.h) or as one EROFS image
 * (tool_erofs.h). The entries of an archive go through one table of operations, so that every
 * check of a name, a mode or an attribute stands in one place, before it (tool_entries.h).
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_LAYER_H
#define HOY_IMAGE_TOOL_LAYER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"

struct layer_xattr {
	const char *name; /* user.* or security.capability, at most 255 bytes */
	const void *value;
	size_t len; /* at most 65535 */
};

/* What an entry's inode shall be. Everything is borrowed. */
struct layer_inode {
	mode_t mode; /* type and permissions */
	uid_t uid;
	gid_t gid;
	dev_t device;
	struct timespec times[2]; /* access, modification */
	const struct layer_xattr *xattrs;
	size_t xattr_count;
};

/* Bytes of a file. What lies between two pieces is a hole. */
struct layer_piece {
	const void *data;
	size_t len;
	uint64_t offset; /* never before the end of the last piece */
};

/*
 * Each operation takes a clean path (tool_name.h) and replaces what an earlier entry put there,
 * except that a directory stays one. Links in the directories of a path are followed, inside
 * the layer. A missing parent is made (root, 0755). Returns 0 or -errno with a sentence that
 * names the path; after a failure nothing but the writer's own `done` may follow.
 */
struct layer_writer {
	int (*directory)(struct layer_writer *writer, const char *path,
			 const struct layer_inode *inode, struct err *e);
	/* A regular file of `size` bytes: begun, then its pieces, then ended with the same
	 * arguments. Nothing else in between. */
	int (*file)(struct layer_writer *writer, const char *path,
		    const struct layer_inode *inode, uint64_t size, struct err *e);
	int (*file_piece)(struct layer_writer *writer, const char *path,
			  const struct layer_piece *piece, struct err *e);
	int (*file_end)(struct layer_writer *writer, const char *path,
			const struct layer_inode *inode, uint64_t size, struct err *e);
	int (*symlink)(struct layer_writer *writer, const char *path, const char *target,
		       const struct layer_inode *inode, struct err *e);
	/* `target` is a clean path too, and must exist already. */
	int (*hardlink)(struct layer_writer *writer, const char *path, const char *target,
			struct err *e);
	/* A fifo or a device node. */
	int (*node)(struct layer_writer *writer, const char *path,
		    const struct layer_inode *inode, struct err *e);
	/*
	 * `hidden` (the last component of `path` without its prefix) of the layers below is
	 * gone: a character device 0:0, unless this layer has something of that name, which
	 * then must not be merged with what is below.
	 */
	int (*whiteout)(struct layer_writer *writer, const char *path, const char *hidden,
			struct err *e);
	/* The directory in which `path` lies hides what the layers below have in it. */
	int (*opaque)(struct layer_writer *writer, const char *path, struct err *e);
	/* How many directories were made that no entry named: they count as files do. */
	uint64_t (*implied)(struct layer_writer *writer);
	/* The archive is over, and its digest known: what could not be done before. */
	int (*finish)(struct layer_writer *writer, const char *diff_id, struct err *e);
};

#endif
