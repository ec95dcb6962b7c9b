/*
 * The content of one file on its way into the image.
 *
 * A file without holes is a row of blocks; what does not fill a block at its end is kept back
 * for its inode, where it fits. The first hole makes it a list of chunks. The size of a chunk
 * follows from the file's, so that the list has at most FILE_CHUNKS_MAX members: a block for
 * files up to 256 MiB.
 *
 * Runs in: image, confined.
 * See: Documentation/filesystems/erofs.rst "Chunk-based files".
 */
#ifndef HOY_IMAGE_TOOL_EROFS_FILE_H
#define HOY_IMAGE_TOOL_EROFS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/tool_erofs_blocks.h"
#include "image/tool_erofs_format.h"
#include "image/tool_erofs_record.h"
#include "image/tool_layer.h"

struct erofs_file {
	struct erofs_blocks *blocks; /* borrowed */
	uint64_t size;
	uint64_t at;	    /* how much of it has come, holes included */
	uint64_t tail_from; /* what comes behind this is kept back */
	uint8_t tail[EROFS_BLOCK];
	uint32_t first; /* block of the row that is being written */

	/* with holes */
	bool has_holes;
	unsigned int chunk_bits; /* a chunk is that power of two blocks */
	uint64_t row_chunk;	 /* the chunk that `first` belongs to */
	uint8_t *map;		 /* a block number (32 bits) for each chunk so far */
	size_t map_len;
	size_t map_room;
};

/* A file of `size` bytes; `tail_room`: how much of its end its inode takes. Only between
 * blocks. */
void erofs_file_begin(struct erofs_file *file, struct erofs_blocks *blocks, uint64_t size,
		      size_t tail_room);
int erofs_file_piece(struct erofs_file *file, const struct layer_piece *piece, struct err *e);
/* Everything has come: layout, size, place and payload of `record`, which are borrowed until
 * the file is done. */
int erofs_file_end(struct erofs_file *file, struct erofs_record *record, struct err *e);
void erofs_file_done(struct erofs_file *file);

#endif
