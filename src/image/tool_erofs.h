/*
 * A layer as one EROFS image, written as a stream while the archive comes in. No file is made
 * for an entry.
 *
 *	block 0     the super block and the root's inode, written last
 *	then        content of files as it comes, and between it rows of blocks with the
 *	            inodes of all but directories and the ends of files (tool_erofs_records.h)
 *	at the end  directories: first their full blocks, then their inodes with the rest
 *
 * Inodes of files are not kept until the end: then the ends of small files could not lie behind
 * them, which saves a third of a usual image, or they would all have to be in memory. What is
 * kept of an entry is its name and its inode's number (tool_erofs_tree.h). What a later entry
 * replaces stays in the image and belongs to nothing.
 *
 * The same archive gives the same image, byte for byte: there is no time and nothing random in
 * it.
 *
 * Runs in: image, confined.
 * See: tool_erofs_format.h.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_H
#define HOY_IMAGE_TOOL_EROFS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/tool_erofs_blocks.h"
#include "image/tool_erofs_file.h"
#include "image/tool_erofs_records.h"
#include "image/tool_erofs_tree.h"
#include "image/tool_erofs_walk.h"
#include "image/tool_erofs_xattr.h"
#include "image/tool_layer.h"

struct erofs {
	struct layer_writer writer;
	struct erofs_tree tree;
	struct erofs_walk walk;
	struct erofs_blocks blocks;
	struct erofs_records records;
	struct erofs_xattrs xattrs;
	/* the file that is being written */
	struct erofs_file file;
	struct str file_xattrs; /* body */
	uint32_t file_name;
	uint32_t numbers; /* inodes so far */
	bool has_chunks;
};

/* A writer (`erofs->writer`) of the empty regular file `fd`, which is borrowed. */
int erofs_init(struct erofs *erofs, int fd, struct err *e);
void erofs_done(struct erofs *erofs);

/* Directories, link counts and the super block: the writer's `finish`. */
int erofs_finish(struct layer_writer *writer, const char *diff_id, struct err *e);

#endif
