/*
 * The image as a stream of blocks: what comes is appended, in large writes; now and then some
 * blocks are left out, to be written later.
 *
 * Limit: 16 TiB, which is what block numbers of 32 bits reach.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_BLOCKS_H
#define HOY_IMAGE_TOOL_EROFS_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/tool_writeback.h"

struct erofs_blocks {
	int fd; /* borrowed; written only, and only at places */
	uint8_t *buffer;
	size_t len;  /* of what waits in the buffer */
	uint64_t at; /* where the buffer belongs: bytes from the image's start */
	struct writeback writeback;
};

int erofs_blocks_init(struct erofs_blocks *blocks, int fd, struct err *e);
void erofs_blocks_done(struct erofs_blocks *blocks);

/* Where the next byte goes, from the image's start. */
uint64_t erofs_blocks_end(const struct erofs_blocks *blocks);
/* The same as a block number; only between blocks. */
uint32_t erofs_blocks_next(const struct erofs_blocks *blocks);

/* Append. Returns 0 or -errno. */
int erofs_blocks_add(struct erofs_blocks *blocks, const void *data, size_t len, struct err *e);
int erofs_blocks_zeros(struct erofs_blocks *blocks, uint64_t len, struct err *e);
/* Zeros until a block begins. */
int erofs_blocks_pad(struct erofs_blocks *blocks, struct err *e);
/* Leave `count` blocks out; only between blocks. What nobody writes later reads as zeros. */
int erofs_blocks_skip(struct erofs_blocks *blocks, uint64_t count, struct err *e);
/* Take the last `count` blocks back: they were left out, and nothing came after them. */
void erofs_blocks_unskip(struct erofs_blocks *blocks, uint64_t count);
int erofs_blocks_flush(struct erofs_blocks *blocks, struct err *e);

/* Write at a place that was left out, or over something. */
int erofs_blocks_write(const struct erofs_blocks *blocks, uint64_t at, const void *data,
		       size_t len, struct err *e);

#endif
