/*
 * The end of an image: directories, link counts, the super block.
 *
 * A directory refers to those in it and to the one that it is in, so all of them get their
 * places before the first is written.
 *
 * Runs in: image, confined.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/tool_erofs.h"
#include "image/tool_erofs_dir.h"
#include "image/tool_erofs_super.h"

#define XATTR_OPAQUE "user.overlay.opaque"

enum { FINISH_ROOT_MAX = EROFS_BLOCK - EROFS_ROOT_AT };

struct finish {
	struct erofs *erofs;
	uint32_t *order; /* directories, each one behind the one that it is in */
	size_t count;
	uint8_t block[EROFS_BLOCK];
};

/* How a directory is written. */
struct finish_plan {
	uint64_t blocks; /* of its own */
	size_t payload;	 /* bytes behind its inode */
	uint64_t size;
};

static struct finish_plan finish_plan(const struct erofs_tree *tree, uint32_t directory)
{
	struct erofs_dir_size size = erofs_dir_measure(tree, directory);
	size_t record = EROFS_INODE_SIZE + tree->directories[directory].xattrs_len + size.last;
	size_t max = directory == EROFS_ROOT ? FINISH_ROOT_MAX : EROFS_RECORD_MAX;
	struct finish_plan plan = {
		.blocks = size.blocks,
		.payload = record <= max ? size.last : 0,
		.size = (uint64_t)size.blocks * EROFS_BLOCK + size.last,
	};

	plan.blocks += plan.payload == 0;
	return plan;
}

/* All directories that can be reached, with their names in order. */
static int finish_order(struct finish *finish, struct err *e)
{
	struct erofs_tree *tree = &finish->erofs->tree;

	finish->order = reallocarray(NULL, tree->directory_count, sizeof(*finish->order));
	if (!finish->order)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the layer's tree");
	finish->order[finish->count++] = EROFS_ROOT;
	for (size_t i = 0; i < finish->count; i++) {
		uint32_t directory = finish->order[i];
		int r = erofs_tree_sort(tree, directory);

		if (r < 0)
			return err_sys(e, r, "sort a directory");
		for (uint32_t n = tree->directories[directory].first; n != EROFS_NONE;
		     n = tree->names[n].next) {
			const struct erofs_name *name = &tree->names[n];

			if (name->type == EROFS_DIRECTORY && !erofs_name_is_dots(name))
				finish->order[finish->count++] = name->object;
		}
	}
	return 0;
}

/* The attributes of a directory as they will lie behind its inode. */
static int finish_body(struct erofs *erofs, uint32_t directory, struct err *e)
{
	const struct layer_xattr opaque = { .name = XATTR_OPAQUE, .value = "y", .len = 1 };
	const struct erofs_directory *d = &erofs->tree.directories[directory];
	AUTO_STR struct str entries = { 0 };
	AUTO_STR struct str body = { 0 };
	size_t len;
	int r;

	str_add_bytes(&entries, d->xattrs, d->xattrs_len);
	if (d->is_opaque)
		erofs_xattr_set(&entries, &opaque);
	if (str_ok(&entries) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for attributes");
	r = erofs_xattrs_body(&erofs->xattrs, entries.data, entries.len, &body, e);
	len = body.len;
	if (r < 0 || len == 0)
		return r;
	return erofs_tree_xattrs(&erofs->tree, directory, str_take(&body), len, e);
}

static int finish_xattrs(struct finish *finish, struct err *e)
{
	const struct erofs_tree *tree = &finish->erofs->tree;
	int r = 0;

	for (size_t i = 0; r == 0 && i < finish->count; i++)
		r = finish_body(finish->erofs, finish->order[i], e);
	if (r == 0 &&
	    EROFS_INODE_SIZE + tree->directories[EROFS_ROOT].xattrs_len > FINISH_ROOT_MAX)
		return err_set(e, ERR_INVALID, -E2BIG,
			       "the root directory has too large attributes");
	return r;
}

/* Places for all: first their own blocks, one directory behind the other, then their inodes. */
static void finish_layout(const struct finish *finish)
{
	struct erofs_tree *tree = &finish->erofs->tree;
	uint64_t block = erofs_blocks_next(&finish->erofs->blocks);
	uint64_t at;

	for (size_t i = 0; i < finish->count; i++) {
		tree->directories[finish->order[i]].block = (uint32_t)block;
		block += finish_plan(tree, finish->order[i]).blocks;
	}
	tree->directories[EROFS_ROOT].nid = EROFS_ROOT_AT / EROFS_SLOT;
	at = block * EROFS_BLOCK;
	for (size_t i = 1; i < finish->count; i++) {
		struct erofs_directory *d = &tree->directories[finish->order[i]];
		size_t len = EROFS_INODE_SIZE + d->xattrs_len +
			     finish_plan(tree, finish->order[i]).payload;

		/* Not over the end of a block. */
		if (at % EROFS_BLOCK + len > EROFS_BLOCK)
			at = erofs_round_up(at, EROFS_BLOCK);
		d->nid = at / EROFS_SLOT;
		at = erofs_round_up(at + len, EROFS_SLOT);
	}
}

/* The blocks of one directory; what is left for behind its inode begins at its `next`. */
static int finish_blocks(struct finish *finish, uint32_t directory, struct err *e)
{
	struct erofs_tree *tree = &finish->erofs->tree;
	uint32_t name = tree->directories[directory].first;
	int r = 0;

	for (uint64_t n = finish_plan(tree, directory).blocks; r == 0 && n > 0; n--) {
		(void)erofs_dir_block(tree, &name, finish->block);
		r = erofs_blocks_add(&finish->erofs->blocks, finish->block, EROFS_BLOCK, e);
	}
	tree->directories[directory].next = name;
	return r;
}

/* The record of a directory; its payload lies in `finish->block`. */
static struct erofs_record finish_record(struct finish *finish, uint32_t directory)
{
	const struct erofs_tree *tree = &finish->erofs->tree;
	const struct erofs_directory *d = &tree->directories[directory];
	struct finish_plan plan = finish_plan(tree, directory);
	uint32_t name = d->next;

	if (plan.payload > 0)
		(void)erofs_dir_block(tree, &name, finish->block);
	return (struct erofs_record){
		.inode = { .mode = S_IFDIR | d->mode,
			   .layout = plan.payload > 0 ? EROFS_INLINE : EROFS_PLAIN,
			   .size = plan.size,
			   .where = plan.blocks > 0 ? d->block : 0,
			   .number = ++finish->erofs->numbers,
			   .uid = d->uid,
			   .gid = d->gid,
			   .mtime = d->mtime,
			   .links = 2 + d->directories },
		.xattrs = d->xattrs,
		.xattrs_len = d->xattrs_len,
		.payload = finish->block,
		.payload_len = plan.payload,
	};
}

static int finish_directories(struct finish *finish, struct err *e)
{
	struct erofs_blocks *blocks = &finish->erofs->blocks;
	int r = 0;

	for (size_t i = 0; r == 0 && i < finish->count; i++)
		r = finish_blocks(finish, finish->order[i], e);
	for (size_t i = 1; r == 0 && i < finish->count; i++) {
		uint32_t directory = finish->order[i];
		uint64_t nid = finish->erofs->tree.directories[directory].nid;
		struct erofs_record record = finish_record(finish, directory);

		r = erofs_blocks_zeros(blocks, nid * EROFS_SLOT - erofs_blocks_end(blocks), e);
		if (r == 0)
			r = erofs_record_append(&record, blocks, e);
	}
	if (r == 0)
		r = erofs_blocks_pad(blocks, e);
	return r < 0 ? r : erofs_blocks_flush(blocks, e);
}

/* Inodes were written with one link each. */
static int finish_links(const struct finish *finish, uint64_t *ret_inodes, struct err *e)
{
	const struct erofs_tree *tree = &finish->erofs->tree;

	for (size_t i = 0; i < tree->object_count; i++) {
		const struct erofs_object *object = &tree->objects[i];
		uint8_t links[4];
		int r;

		*ret_inodes += object->links > 0;
		if (object->links < 2)
			continue;
		erofs_put32(links, object->links);
		r = erofs_blocks_write(&finish->erofs->blocks,
				       object->nid * EROFS_SLOT + EROFS_NLINK_AT, links,
				       sizeof(links), e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int finish_super(struct finish *finish, struct erofs_super *super, struct err *e)
{
	struct erofs_blocks *blocks = &finish->erofs->blocks;
	struct erofs_record root = finish_record(finish, EROFS_ROOT);
	uint8_t block[EROFS_BLOCK] = { 0 };

	super->blocks = erofs_blocks_next(blocks);
	super->has_chunks = finish->erofs->has_chunks;
	/* Blocks at the end may have been left out. */
	FAULT("ftruncate");
	if (ftruncate(blocks->fd, (off_t)erofs_blocks_end(blocks)) < 0)
		return err_sys(e, errno, "set the size of the layer");
	erofs_record_copy(&root, block + EROFS_ROOT_AT);
	erofs_super_write(super, block);
	return erofs_blocks_write(blocks, 0, block, sizeof(block), e);
}

int erofs_finish(struct layer_writer *writer, const char *diff_id, struct err *e)
{
	struct finish finish = { .erofs = (struct erofs *)((char *)writer -
							   offsetof(struct erofs, writer)) };
	struct erofs_super super = { 0 };
	int r = finish_order(&finish, e);

	if (r == 0)
		r = finish_xattrs(&finish, e);
	if (r == 0)
		r = erofs_records_flush(&finish.erofs->records, e);
	if (r == 0) {
		finish_layout(&finish);
		r = finish_directories(&finish, e);
	}
	if (r == 0)
		r = finish_links(&finish, &super.inodes, e);
	super.inodes += finish.count;
	erofs_super_uuid(diff_id, super.uuid);
	if (r == 0)
		r = finish_super(&finish, &super, e);
	free(finish.order);
	return r;
}
