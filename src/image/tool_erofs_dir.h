/*
 * The content of a directory: blocks of which each has a table of entries (12 bytes each) and
 * behind it their names; the names of all blocks are in the order of their bytes.
 *
 * Runs in: image, confined.
 * See: Documentation/filesystems/erofs.rst "Directories".
 */
#ifndef HOY_IMAGE_TOOL_EROFS_DIR_H
#define HOY_IMAGE_TOOL_EROFS_DIR_H

#include <stddef.h>
#include <stdint.h>

#include "image/tool_erofs_format.h"
#include "image/tool_erofs_tree.h"

struct erofs_dir_size {
	uint32_t blocks; /* besides the last one */
	size_t last;	 /* bytes of the last one, at least those of "." and ".." */
};

/* How large a sorted directory is. */
struct erofs_dir_size erofs_dir_measure(const struct erofs_tree *tree, uint32_t directory);

/*
 * One block: as many names as fit, from `*name` on, which is moved behind them (EROFS_NONE: it
 * was the last block). What is referred to has its number. Returns the bytes used; the others
 * of `block` are zero.
 */
size_t erofs_dir_block(const struct erofs_tree *tree, uint32_t *name,
		       uint8_t block[EROFS_BLOCK]);

#endif
