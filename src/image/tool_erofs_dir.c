/*
 * See tool_erofs_dir.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_dir.h"

#include <assert.h>
#include <string.h>

/* How many names from `first` on fit into one block, and the bytes that they take. */
static size_t dir_fit(const struct erofs_tree *tree, uint32_t first, size_t *ret_len)
{
	size_t count = 0;
	size_t len = 0;

	for (uint32_t i = first; i != EROFS_NONE; i = tree->names[i].next) {
		size_t more = EROFS_DIRENT_SIZE + (size_t)tree->names[i].len;

		if (len + more > EROFS_BLOCK)
			break;
		len += more;
		count++;
	}
	*ret_len = len;
	return count;
}

static uint64_t dir_nid(const struct erofs_tree *tree, const struct erofs_name *name)
{
	assert(name->object != EROFS_NONE);
	return name->type == EROFS_DIRECTORY ? tree->directories[name->object].nid
					     : tree->objects[name->object].nid;
}

size_t erofs_dir_block(const struct erofs_tree *tree, uint32_t *name,
		       uint8_t block[EROFS_BLOCK])
{
	size_t len;
	size_t count = dir_fit(tree, *name, &len);
	size_t text_at = count * EROFS_DIRENT_SIZE;

	memset(block + len, 0, EROFS_BLOCK - len);
	for (size_t i = 0; i < count; i++, *name = tree->names[*name].next) {
		const struct erofs_name *n = &tree->names[*name];
		uint8_t *entry = block + i * EROFS_DIRENT_SIZE;

		erofs_put64(entry, dir_nid(tree, n));
		erofs_put16(entry + 8, (uint16_t)text_at);
		entry[10] = n->type;
		entry[11] = 0;
		memcpy(block + text_at, erofs_tree_text(tree, *name), n->len);
		text_at += n->len;
	}
	return len;
}

struct erofs_dir_size erofs_dir_measure(const struct erofs_tree *tree, uint32_t directory)
{
	struct erofs_dir_size size = { 0 };
	uint32_t name = tree->directories[directory].first;

	for (;;) {
		size_t count = dir_fit(tree, name, &size.last);

		for (; count > 0; count--)
			name = tree->names[name].next;
		if (name == EROFS_NONE)
			return size;
		size.blocks++;
	}
}
