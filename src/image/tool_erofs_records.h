/*
 * Where records (tool_erofs_record.h) lie: packed into blocks of their own, between the blocks
 * of data, while the archive comes in.
 *
 * What lies behind an inode must not cross the end of a block, so small things are packed: a
 * row of blocks is held in memory, each record goes into the fullest block of it that still
 * takes it, and when none does, the row is written and the next one is begun. So a quarter of a
 * megabyte of small files is one write, and a file of 100 bytes takes 192 of the image.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_RECORDS_H
#define HOY_IMAGE_TOOL_EROFS_RECORDS_H

#include <stdint.h>

#include "base/err.h"
#include "image/tool_erofs_blocks.h"
#include "image/tool_erofs_record.h"

enum {
	EROFS_ROW = 64,
	/*
	 * The end of a file or directory lies behind its inode only where both take no more
	 * than half a block. With a whole block, an image of /usr is 2 % smaller, but its
	 * inodes are spread over nearly twice as many blocks, and who reads them all reads
	 * those.
	 */
	EROFS_RECORD_MAX = EROFS_BLOCK / 2
};

struct erofs_records {
	struct erofs_blocks *blocks; /* borrowed */
	uint8_t *row;		     /* EROFS_ROW blocks */
	uint32_t first;		     /* block number of the row */
	unsigned int count;	     /* its blocks: 4, 8, 16, 32, 64, 64, 64 ... */
	uint16_t used[EROFS_ROW];    /* bytes of each */
};

int erofs_records_init(struct erofs_records *records, struct erofs_blocks *blocks,
		       struct err *e);
void erofs_records_done(struct erofs_records *records);

/*
 * Put a record; only where `blocks` stands between blocks. `*ret_nid` is the inode's number.
 * One of more than a block gets blocks of its own.
 */
int erofs_records_add(struct erofs_records *records, const struct erofs_record *record,
		      uint64_t *ret_nid, struct err *e);
/* The same for bytes that are no inode; `*ret_at` is their place in the image, a multiple of
 * EROFS_SLOT. */
int erofs_records_add_bytes(struct erofs_records *records, const void *data, size_t len,
			    uint64_t *ret_at, struct err *e);
/* Write what is held. More may come after it, in a new row. */
int erofs_records_flush(struct erofs_records *records, struct err *e);

#endif
