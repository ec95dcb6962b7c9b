/*
 * The super block: what makes an image one. It is written last, so an image that is not
 * complete cannot be mounted.
 *
 * Runs in: image, confined.
 * See: fs/erofs/erofs_fs.h, struct erofs_super_block.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_SUPER_H
#define HOY_IMAGE_TOOL_EROFS_SUPER_H

#include <stdbool.h>
#include <stdint.h>

#include "image/tool_erofs_format.h"

struct erofs_super {
	uint64_t inodes;
	uint32_t blocks;
	bool has_chunks; /* some file is EROFS_CHUNKS: an old kernel must not mount it */
	uint8_t uuid[16];
};

/* The same for the same layer, and another one for another: overlayfs tells layers apart by it.
 * `diff_id` is a valid digest. */
void erofs_super_uuid(const char *diff_id, uint8_t uuid[16]);

/* Into the first block of the image, which has the root's inode at EROFS_ROOT_AT already; with
 * the sum over all of it. */
void erofs_super_write(const struct erofs_super *super, uint8_t block[EROFS_BLOCK]);

#endif
