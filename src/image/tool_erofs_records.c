/*
 * See tool_erofs_records.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_records.h"

#include <stdlib.h>

enum { RECORDS_FIRST_ROW = 4 };

int erofs_records_init(struct erofs_records *records, struct erofs_blocks *blocks,
		       struct err *e)
{
	*records = (struct erofs_records){ .blocks = blocks,
					   .row = malloc((size_t)EROFS_ROW * EROFS_BLOCK) };
	return records->row ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a buffer");
}

void erofs_records_done(struct erofs_records *records)
{
	free(records->row);
	*records = (struct erofs_records){ 0 };
}

/* How many blocks of the row have something in them: always the first ones. */
static unsigned int row_used(const struct erofs_records *records)
{
	unsigned int n = 0;

	while (n < records->count && records->used[n] > 0)
		n++;
	return n;
}

int erofs_records_flush(struct erofs_records *records, struct err *e)
{
	struct erofs_blocks *blocks = records->blocks;
	uint64_t at = (uint64_t)records->first * EROFS_BLOCK;
	unsigned int used = row_used(records);
	int r = used == 0 ? 0
			  : erofs_blocks_write(blocks, at, records->row,
					       (size_t)used * EROFS_BLOCK, e);

	/* Nothing came behind the row: what it did not use is free again. */
	if (r == 0 && erofs_blocks_end(blocks) == at + (uint64_t)records->count * EROFS_BLOCK)
		erofs_blocks_unskip(blocks, records->count - used);
	records->count = 0;
	return r;
}

static int row_begin(struct erofs_records *records, struct err *e)
{
	unsigned int last = records->count;
	int r = erofs_records_flush(records, e);

	if (r < 0)
		return r;
	records->first = erofs_blocks_next(records->blocks);
	/* Small layers are many: they shall not be mostly unused blocks. */
	records->count = last == 0	    ? RECORDS_FIRST_ROW
			 : last < EROFS_ROW ? 2 * last
					    : EROFS_ROW;
	memset(records->used, 0, sizeof(records->used));
	memset(records->row, 0, (size_t)records->count * EROFS_BLOCK);
	return erofs_blocks_skip(records->blocks, records->count, e);
}

/* The fullest block of the row that takes `len` more bytes; `count`: none does. */
static unsigned int row_choose(const struct erofs_records *records, size_t len)
{
	unsigned int best = records->count;
	size_t best_room = EROFS_BLOCK + 1;

	for (unsigned int i = 0; i < records->count; i++) {
		size_t room = EROFS_BLOCK - (size_t)records->used[i];

		if (room >= len && room < best_room) {
			best = i;
			best_room = room;
		}
	}
	return best;
}

/* Room for `len` bytes (at most a block) in the row: where to copy them, and where that is in
 * the image. */
static int row_take(struct erofs_records *records, size_t len, uint8_t **ret_to,
		    uint64_t *ret_at, struct err *e)
{
	unsigned int chosen = row_choose(records, len);

	if (chosen == records->count) {
		int r = row_begin(records, e);

		if (r < 0)
			return r;
		chosen = 0;
	}
	*ret_to = records->row + (size_t)chosen * EROFS_BLOCK + records->used[chosen];
	*ret_at = ((uint64_t)records->first + chosen) * EROFS_BLOCK + records->used[chosen];
	records->used[chosen] =
		(uint16_t)erofs_round_up(records->used[chosen] + len, EROFS_SLOT);
	return 0;
}

int erofs_records_add_bytes(struct erofs_records *records, const void *data, size_t len,
			    uint64_t *ret_at, struct err *e)
{
	uint8_t *to;
	int r;

	if (len > EROFS_BLOCK) {
		*ret_at = erofs_blocks_end(records->blocks);
		r = erofs_blocks_add(records->blocks, data, len, e);
		return r < 0 ? r : erofs_blocks_pad(records->blocks, e);
	}
	r = row_take(records, len, &to, ret_at, e);
	if (r == 0)
		memcpy(to, data, len);
	return r;
}

int erofs_records_add(struct erofs_records *records, const struct erofs_record *record,
		      uint64_t *ret_nid, struct err *e)
{
	uint64_t at = erofs_blocks_end(records->blocks);
	uint8_t *to;
	int r;

	if (erofs_record_size(record) > EROFS_BLOCK) {
		r = erofs_record_append(record, records->blocks, e);
		if (r == 0)
			r = erofs_blocks_pad(records->blocks, e);
	} else {
		r = row_take(records, erofs_record_size(record), &to, &at, e);
		if (r == 0)
			erofs_record_copy(record, to);
	}
	if (r == 0)
		*ret_nid = at / EROFS_SLOT;
	return r;
}
