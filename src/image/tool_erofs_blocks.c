/*
 * See tool_erofs_blocks.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_blocks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/tool_erofs_format.h"

enum {
	BLOCKS_BUFFER = 256 * 1024,
	/* from here on a piece is written from where it lies */
	BLOCKS_DIRECT = 64 * 1024
};

static const uint64_t BLOCKS_IMAGE_MAX = (uint64_t)EROFS_NO_BLOCK * EROFS_BLOCK;

int erofs_blocks_init(struct erofs_blocks *blocks, int fd, struct err *e)
{
	*blocks = (struct erofs_blocks){ .fd = fd, .buffer = malloc(BLOCKS_BUFFER) };
	return blocks->buffer ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a buffer");
}

void erofs_blocks_done(struct erofs_blocks *blocks)
{
	free(blocks->buffer);
	*blocks = (struct erofs_blocks){ .fd = -EBADF };
}

uint64_t erofs_blocks_end(const struct erofs_blocks *blocks)
{
	return blocks->at + blocks->len;
}

uint32_t erofs_blocks_next(const struct erofs_blocks *blocks)
{
	assert(erofs_blocks_end(blocks) % EROFS_BLOCK == 0);
	return (uint32_t)(erofs_blocks_end(blocks) / EROFS_BLOCK);
}

int erofs_blocks_write(const struct erofs_blocks *blocks, uint64_t at, const void *data,
		       size_t len, struct err *e)
{
	int r;

	FAULT("pwrite");
	r = fd_write_all_at(blocks->fd, data, len, at);
	return r < 0 ? err_sys(e, r, "write the layer") : 0;
}

/* Is there room for `more` bytes? Block numbers must fit. */
static int blocks_check(const struct erofs_blocks *blocks, uint64_t more, struct err *e)
{
	if (more > BLOCKS_IMAGE_MAX || erofs_blocks_end(blocks) > BLOCKS_IMAGE_MAX - more)
		return err_set(e, ERR_UNSUPPORTED, -EFBIG,
			       "the layer takes more than 16 TiB, which is more than one EROFS "
			       "image holds");
	return 0;
}

static void blocks_wrote(struct erofs_blocks *blocks, size_t len)
{
	blocks->at += len;
	writeback_begin(&blocks->writeback, blocks->fd, blocks->at);
}

int erofs_blocks_flush(struct erofs_blocks *blocks, struct err *e)
{
	int r = blocks->len == 0 ? 0
				 : erofs_blocks_write(blocks, blocks->at, blocks->buffer,
						      blocks->len, e);

	if (r < 0)
		return r;
	blocks_wrote(blocks, blocks->len);
	blocks->len = 0;
	return 0;
}

int erofs_blocks_add(struct erofs_blocks *blocks, const void *data, size_t len, struct err *e)
{
	const uint8_t *from = data;
	int r = blocks_check(blocks, len, e);

	while (r == 0 && len > 0) {
		size_t n = BLOCKS_BUFFER - blocks->len;

		if (blocks->len == 0 && len >= BLOCKS_DIRECT) {
			n = len - len % EROFS_BLOCK;
			r = erofs_blocks_write(blocks, blocks->at, from, n, e);
			blocks_wrote(blocks, n);
		} else {
			n = len < n ? len : n;
			memcpy(blocks->buffer + blocks->len, from, n);
			blocks->len += n;
			if (blocks->len == BLOCKS_BUFFER)
				r = erofs_blocks_flush(blocks, e);
		}
		from += n;
		len -= n;
	}
	return r;
}

int erofs_blocks_zeros(struct erofs_blocks *blocks, uint64_t len, struct err *e)
{
	static const uint8_t zeros[EROFS_BLOCK];
	int r = 0;

	while (r == 0 && len > 0) {
		size_t n = len < sizeof(zeros) ? (size_t)len : sizeof(zeros);

		r = erofs_blocks_add(blocks, zeros, n, e);
		len -= n;
	}
	return r;
}

int erofs_blocks_pad(struct erofs_blocks *blocks, struct err *e)
{
	uint64_t end = erofs_blocks_end(blocks);

	return erofs_blocks_zeros(blocks, erofs_round_up(end, EROFS_BLOCK) - end, e);
}

int erofs_blocks_skip(struct erofs_blocks *blocks, uint64_t count, struct err *e)
{
	int r = blocks_check(blocks, count * EROFS_BLOCK, e);

	assert(erofs_blocks_end(blocks) % EROFS_BLOCK == 0);
	if (r == 0)
		r = erofs_blocks_flush(blocks, e);
	if (r == 0)
		blocks->at += count * EROFS_BLOCK;
	return r;
}

void erofs_blocks_unskip(struct erofs_blocks *blocks, uint64_t count)
{
	assert(blocks->len == 0 && blocks->at >= count * EROFS_BLOCK);
	blocks->at -= count * EROFS_BLOCK;
}
