/*
 * See tool_erofs_file.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_file.h"

#include <assert.h>
#include <stdlib.h>

enum {
	FILE_CHUNKS_MAX = 65536,
	/* fewer blocks of zeros than these are written, not left out */
	FILE_SKIP_BLOCKS = 32,
	FILE_MAP_ROOM = 1024
};

void erofs_file_begin(struct erofs_file *file, struct erofs_blocks *blocks, uint64_t size,
		      size_t tail_room)
{
	uint64_t tail = size % EROFS_BLOCK;

	file->blocks = blocks;
	file->size = size;
	file->at = 0;
	file->tail_from = tail <= tail_room ? size - tail : size;
	file->first = erofs_blocks_next(blocks);
	file->has_holes = false;
	file->row_chunk = 0;
	file->map = NULL;
	file->map_len = 0;
	file->map_room = 0;
	file->chunk_bits = 0;
	while (size > ((uint64_t)FILE_CHUNKS_MAX * EROFS_BLOCK) << file->chunk_bits)
		file->chunk_bits++;
}

void erofs_file_done(struct erofs_file *file)
{
	free(file->map);
	file->map = NULL;
}

static int file_add(struct erofs_file *file, const uint8_t *data, size_t len, struct err *e)
{
	size_t direct = len;
	int r;

	if (!file->has_holes && file->at + len > file->tail_from)
		direct = file->at < file->tail_from ? (size_t)(file->tail_from - file->at) : 0;
	r = erofs_blocks_add(file->blocks, data, direct, e);
	if (r == 0 && direct < len)
		memcpy(file->tail + (file->at + direct - file->tail_from), data + direct,
		       len - direct);
	file->at += len;
	return r;
}

/* Zeros up to `end`. Many of them are left out of the image, whose file then has a hole. */
static int file_zeros(struct erofs_file *file, uint64_t end, struct err *e)
{
	static const uint8_t zeros[EROFS_BLOCK];
	int r = 0;

	while (r == 0 && file->at < end) {
		uint64_t left = end - file->at;
		uint64_t blocks = left / EROFS_BLOCK;
		size_t rest = EROFS_BLOCK - (size_t)(file->at % EROFS_BLOCK);

		if (rest == EROFS_BLOCK && blocks >= FILE_SKIP_BLOCKS &&
		    (file->has_holes || end <= file->tail_from)) {
			r = erofs_blocks_skip(file->blocks, blocks, e);
			file->at += blocks * EROFS_BLOCK;
		} else {
			r = file_add(file, zeros, left < rest ? (size_t)left : rest, e);
		}
	}
	return r;
}

static int map_add(struct erofs_file *file, uint32_t block, struct err *e)
{
	if (file->map_len == file->map_room) {
		size_t room = file->map_room ? 2 * file->map_room
					     : (size_t)FILE_MAP_ROOM * sizeof(block);
		uint8_t *map = realloc(file->map, room);

		if (!map)
			return err_set(e, ERR_INTERNAL, -ENOMEM,
				       "no memory for the holes of a file");
		file->map = map;
		file->map_room = room;
	}
	erofs_put32(file->map + file->map_len, block);
	file->map_len += sizeof(block);
	return 0;
}

static uint64_t map_count(const struct erofs_file *file)
{
	return file->map_len / sizeof(uint32_t);
}

/* The row that was being written covers the chunks up to `end`. */
static int map_row(struct erofs_file *file, uint64_t end, struct err *e)
{
	uint32_t block = file->first;
	int r = 0;

	assert(map_count(file) == file->row_chunk);
	for (; r == 0 && map_count(file) < end; block += 1U << file->chunk_bits)
		r = map_add(file, block, e);
	return r;
}

/*
 * Nothing from here to `end`, which is where a piece begins or the file ends. Only whole chunks
 * are left out; the rest is zeros.
 */
static int file_hole(struct erofs_file *file, uint64_t end, struct err *e)
{
	uint64_t chunk = (uint64_t)EROFS_BLOCK << file->chunk_bits;
	uint64_t from = (file->at + chunk - 1) / chunk;
	uint64_t to = end == file->size ? (end + chunk - 1) / chunk : end / chunk;
	int r;

	if (from >= to)
		return file_zeros(file, end, e);
	file->has_holes = true;
	r = file_zeros(file, from * chunk, e);
	if (r == 0)
		r = map_row(file, from, e);
	while (r == 0 && map_count(file) < to)
		r = map_add(file, EROFS_NO_BLOCK, e);
	if (r < 0)
		return r;
	file->at = to * chunk < end ? to * chunk : end;
	file->first = erofs_blocks_next(file->blocks);
	file->row_chunk = to;
	return file_zeros(file, end, e);
}

int erofs_file_piece(struct erofs_file *file, const struct layer_piece *piece, struct err *e)
{
	int r = 0;

	assert(piece->offset >= file->at && piece->len <= file->size - piece->offset);
	if (piece->offset > file->at)
		r = file_hole(file, piece->offset, e);
	return r < 0 ? r : file_add(file, piece->data, piece->len, e);
}

int erofs_file_end(struct erofs_file *file, struct erofs_record *record, struct err *e)
{
	struct erofs_inode *inode = &record->inode;
	int r = file->at < file->size ? file_hole(file, file->size, e) : 0;
	uint64_t chunk = (uint64_t)EROFS_BLOCK << file->chunk_bits;

	if (r == 0)
		r = erofs_blocks_pad(file->blocks, e);
	inode->size = file->size;
	if (file->has_holes) {
		if (r == 0)
			r = map_row(file, (file->size + chunk - 1) / chunk, e);
		inode->layout = EROFS_CHUNKS;
		inode->where = file->chunk_bits;
		record->payload = file->map;
		record->payload_len = file->map_len;
		return r;
	}
	inode->layout = file->tail_from < file->size ? EROFS_INLINE : EROFS_PLAIN;
	inode->where = file->tail_from > 0 ? file->first : 0;
	record->payload = file->tail;
	record->payload_len = (size_t)(file->size - file->tail_from);
	return r;
}
