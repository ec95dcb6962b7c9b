/*
 * An inode with what lies behind it, in a row: its attributes, then the end of its content or
 * the map of its chunks.
 *
 * Always the large form of an inode (64 bytes): the small one has no time of its own, and no
 * owner above 65535.
 *
 * Runs in: image, confined.
 * See: tool_erofs_format.h.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_RECORD_H
#define HOY_IMAGE_TOOL_EROFS_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/err.h"
#include "image/tool_erofs_blocks.h"
#include "image/tool_erofs_format.h"

struct erofs_inode {
	mode_t mode; /* type and permissions */
	enum erofs_layout layout;
	uint64_t size;
	/* the first block, of a device its number (erofs_device), of EROFS_CHUNKS the blocks of
	 * a chunk as a power of two */
	uint32_t where;
	uint32_t number; /* what stat(2) says on machines of 32 bits */
	uid_t uid;
	gid_t gid;
	struct timespec mtime;
	uint32_t links;
};

struct erofs_record {
	struct erofs_inode inode;
	const void *xattrs; /* tool_erofs_xattr.h; borrowed, as the next */
	size_t xattrs_len;
	const void *payload;
	size_t payload_len;
};

/* The bytes of a record. */
size_t erofs_record_size(const struct erofs_record *record);
/* Its first EROFS_INODE_SIZE bytes. */
void erofs_record_inode(const struct erofs_record *record, uint8_t bytes[EROFS_INODE_SIZE]);
/* All of it to `to`, which has erofs_record_size bytes. */
void erofs_record_copy(const struct erofs_record *record, uint8_t *to);
/* All of it, appended to the image. */
int erofs_record_append(const struct erofs_record *record, struct erofs_blocks *blocks,
			struct err *e);

/* A device number as it is kept. Returns -EINVAL where it does not fit: 12 bits of major, 20 of
 * minor, as in the kernel itself. */
int erofs_device(dev_t device, uint32_t *ret);

#endif
