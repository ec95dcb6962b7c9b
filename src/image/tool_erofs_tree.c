/*
 * See tool_erofs_tree.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_tree.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/fd.h"

enum { TREE_ROOM = 1024, TREE_TABLE = 4096, TREE_DIRECTORY_MODE = 0755 };

static int tree_no_memory(struct err *e)
{
	return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for the layer's tree");
}

/* The array `items` with room for one more; NULL: no memory, and it stays as it is. */
static void *tree_grow(void *items, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? 2 * *room : TREE_ROOM;
	void *grown;

	if (count < *room)
		return items;
	grown = reallocarray(items, more, size);
	if (grown)
		*room = more;
	return grown;
}

static int tree_add_text(struct erofs_tree *tree, const char *text, size_t len, uint32_t *ret,
			 struct err *e)
{
	if (tree->texts.len + len + 1 > EROFS_TEXTS_MAX)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the names of the archive take more than %d bytes",
			       EROFS_TEXTS_MAX);
	*ret = (uint32_t)tree->texts.len;
	str_add_bytes(&tree->texts, text, len);
	str_add_char(&tree->texts, '\0');
	return str_ok(&tree->texts) < 0 ? tree_no_memory(e) : 0;
}

const char *erofs_tree_text(const struct erofs_tree *tree, uint32_t name)
{
	return tree->texts.data + tree->names[name].text;
}

bool erofs_tree_is_directory(const struct erofs_tree *tree, uint32_t name)
{
	return tree->names[name].object != EROFS_NONE &&
	       tree->names[name].type == EROFS_DIRECTORY;
}

bool erofs_tree_is_whiteout(const struct erofs_tree *tree, uint32_t name)
{
	return tree->names[name].object != EROFS_NONE &&
	       tree->names[name].type == EROFS_CHARACTER &&
	       tree->names[name].object == tree->whiteout;
}

/* --- the table --- */

/* Where this name is in the table, or the free place where it would be. */
static size_t tree_slot(const struct erofs_tree *tree, uint32_t directory, const char *text,
			size_t len)
{
	size_t slot = siphash(&tree->key, directory, text, len);

	for (;; slot++) {
		const struct erofs_name *name;

		slot &= tree->table_size - 1;
		if (tree->table[slot] == EROFS_NONE)
			return slot;
		name = &tree->names[tree->table[slot]];
		if (name->directory == directory && name->len == len &&
		    memcmp(tree->texts.data + name->text, text, len) == 0)
			return slot;
	}
}

static int tree_resize(struct erofs_tree *tree, size_t size, struct err *e)
{
	uint32_t *old = tree->table;
	size_t old_size = tree->table_size;

	tree->table = reallocarray(NULL, size, sizeof(*tree->table));
	if (!tree->table) {
		tree->table = old;
		return tree_no_memory(e);
	}
	tree->table_size = size;
	memset(tree->table, 0xff, size * sizeof(*tree->table));
	for (size_t i = 0; i < old_size; i++) {
		const struct erofs_name *name;

		if (old[i] == EROFS_NONE)
			continue;
		name = &tree->names[old[i]];
		tree->table[tree_slot(tree, name->directory, erofs_tree_text(tree, old[i]),
				      name->len)] = old[i];
	}
	free(old);
	return 0;
}

uint32_t erofs_tree_find(const struct erofs_tree *tree, uint32_t directory, const char *text,
			 size_t len)
{
	return tree->table[tree_slot(tree, directory, text, len)];
}

/* --- names --- */

/* A name at the head of its directory's list. */
static int tree_add_name(struct erofs_tree *tree, const struct erofs_name *name, uint32_t *ret,
			 struct err *e)
{
	struct erofs_name *names =
		tree_grow(tree->names, tree->name_count, &tree->name_room, sizeof(*names));

	if (!names)
		return tree_no_memory(e);
	tree->names = names;
	*ret = (uint32_t)tree->name_count++;
	tree->names[*ret] = *name;
	tree->names[*ret].next = tree->directories[name->directory].first;
	tree->directories[name->directory].first = *ret;
	return 0;
}

int erofs_tree_name(struct erofs_tree *tree, uint32_t directory, const char *text, size_t len,
		    uint32_t *ret, struct err *e)
{
	struct erofs_name name = { .directory = directory,
				   .object = EROFS_NONE,
				   .len = (uint8_t)len };
	size_t slot = tree_slot(tree, directory, text, len);
	int r;

	*ret = tree->table[slot];
	if (*ret != EROFS_NONE)
		return 0;
	if (tree->table_used == EROFS_NAMES_MAX)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "the layer has more than %d names, directories included",
			       EROFS_NAMES_MAX);
	r = tree_add_text(tree, text, len, &name.text, e);
	if (r == 0)
		r = tree_add_name(tree, &name, ret, e);
	if (r < 0)
		return r;
	tree->table[slot] = *ret;
	/* At most half full, so that what is not there is found out soon. */
	if (++tree->table_used * 2 > tree->table_size)
		r = tree_resize(tree, 2 * tree->table_size, e);
	return r;
}

/* --- what names refer to --- */

/* "." and ".." of a directory are names of it like others, but not in the table. */
static int tree_add_dots(struct erofs_tree *tree, uint32_t directory, struct err *e)
{
	struct erofs_name dots[2] = {
		{ .directory = directory,
		  .text = EROFS_TEXT_DOT,
		  .len = 1,
		  .object = directory,
		  .type = EROFS_DIRECTORY },
		{ .directory = directory,
		  .text = EROFS_TEXT_DOTS,
		  .len = 2,
		  .object = tree->directories[directory].parent,
		  .type = EROFS_DIRECTORY },
	};
	uint32_t unused;
	int r = tree_add_name(tree, &dots[0], &unused, e);

	return r < 0 ? r : tree_add_name(tree, &dots[1], &unused, e);
}

static int tree_add_directory(struct erofs_tree *tree, uint32_t parent, struct err *e)
{
	struct erofs_directory *directories =
		tree_grow(tree->directories, tree->directory_count, &tree->directory_room,
			  sizeof(*directories));

	if (!directories)
		return tree_no_memory(e);
	tree->directories = directories;
	tree->directories[tree->directory_count++] =
		(struct erofs_directory){ .first = EROFS_NONE,
					  .next = EROFS_NONE,
					  .parent = parent,
					  .mode = TREE_DIRECTORY_MODE };
	return tree_add_dots(tree, (uint32_t)tree->directory_count - 1, e);
}

int erofs_tree_directory(struct erofs_tree *tree, uint32_t name, struct err *e)
{
	uint32_t parent = tree->names[name].directory;
	bool is_opaque = erofs_tree_is_whiteout(tree, name);
	uint32_t directory = (uint32_t)tree->directory_count;
	int r;

	erofs_tree_clear(tree, name);
	r = tree_add_directory(tree, parent, e);
	if (r < 0)
		return r;
	tree->names[name].type = EROFS_DIRECTORY;
	tree->names[name].object = directory;
	tree->directories[parent].directories++;
	tree->directories[directory].is_opaque = is_opaque;
	return 0;
}

int erofs_tree_object(struct erofs_tree *tree, uint32_t name, enum erofs_type type,
		      uint64_t nid, const char *target, struct err *e)
{
	struct erofs_object object = { .nid = nid & EROFS_NID_MAX,
				       .links = 1,
				       .target = EROFS_NONE };
	struct erofs_object *objects = tree_grow(tree->objects, tree->object_count,
						 &tree->object_room, sizeof(*objects));
	int r = 0;

	assert(tree->names[name].object == EROFS_NONE && nid <= EROFS_NID_MAX);
	if (!objects)
		return tree_no_memory(e);
	tree->objects = objects;
	if (target)
		r = tree_add_text(tree, target, strlen(target), &object.target, e);
	if (r < 0)
		return r;
	tree->names[name].type = (uint8_t)type;
	tree->names[name].object = (uint32_t)tree->object_count;
	tree->objects[tree->object_count++] = object;
	return 0;
}

void erofs_tree_link(struct erofs_tree *tree, uint32_t name, enum erofs_type type,
		     uint32_t object)
{
	assert(tree->names[name].object == EROFS_NONE && type != EROFS_DIRECTORY);
	tree->names[name].type = (uint8_t)type;
	tree->names[name].object = object;
	tree->objects[object].links++;
}

/* Everything in the directory, which is gone, and in what is below it. */
static void tree_clear_below(struct erofs_tree *tree, uint32_t directory)
{
	uint32_t list = directory;

	while (list != EROFS_NONE) {
		struct erofs_directory *gone = &tree->directories[list];

		list = gone->next;
		gone->is_gone = true;
		tree->xattrs_total -= gone->xattrs_len;
		free(ptr_take(gone->xattrs));
		gone->xattrs_len = 0;
		for (uint32_t i = gone->first; i != EROFS_NONE; i = tree->names[i].next) {
			const struct erofs_name *name = &tree->names[i];

			if (name->object == EROFS_NONE)
				continue;
			if (name->type != EROFS_DIRECTORY) {
				tree->objects[name->object].links--;
			} else if (!erofs_name_is_dots(name)) {
				tree->directories[name->object].next = list;
				list = name->object;
			}
		}
	}
}

void erofs_tree_clear(struct erofs_tree *tree, uint32_t name)
{
	struct erofs_name *cleared = &tree->names[name];

	if (cleared->object == EROFS_NONE)
		return;
	if (cleared->type == EROFS_DIRECTORY) {
		tree->directories[cleared->directory].directories--;
		tree_clear_below(tree, cleared->object);
	} else {
		tree->objects[cleared->object].links--;
	}
	cleared->object = EROFS_NONE;
}

int erofs_tree_xattrs(struct erofs_tree *tree, uint32_t directory, char *take_xattrs,
		      size_t len, struct err *e)
{
	struct erofs_directory *d = &tree->directories[directory];

	tree->xattrs_total -= d->xattrs_len;
	free(d->xattrs);
	d->xattrs = take_xattrs;
	d->xattrs_len = (uint32_t)len;
	tree->xattrs_total += len;
	if (tree->xattrs_total > EROFS_XATTRS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG,
			       "the attributes of directories take more than %d bytes",
			       EROFS_XATTRS_MAX);
	return 0;
}

/* --- order --- */

static int name_compare(const void *a, const void *b, void *context)
{
	const struct erofs_tree *tree = context;
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;
	size_t x_len = tree->names[x].len;
	size_t y_len = tree->names[y].len;
	int order = memcmp(erofs_tree_text(tree, x), erofs_tree_text(tree, y),
			   x_len < y_len ? x_len : y_len);

	return order != 0 ? order : (x_len > y_len) - (x_len < y_len);
}

int erofs_tree_sort(struct erofs_tree *tree, uint32_t directory)
{
	AUTO_FREE uint32_t *order = NULL;
	uint32_t *link = &tree->directories[directory].first;
	size_t count = 0;

	for (uint32_t i = *link; i != EROFS_NONE; i = tree->names[i].next)
		count++;
	order = reallocarray(NULL, count, sizeof(*order));
	if (!order)
		return -ENOMEM;
	count = 0;
	for (uint32_t i = *link; i != EROFS_NONE; i = tree->names[i].next)
		order[count++] = i;
	qsort_r(order, count, sizeof(*order), name_compare, tree);
	for (size_t i = 0; i < count; i++) {
		*link = order[i];
		link = &tree->names[order[i]].next;
	}
	*link = EROFS_NONE;
	return 0;
}

/* --- life --- */

int erofs_tree_init(struct erofs_tree *tree, struct err *e)
{
	uint32_t dots;
	int r;

	*tree = (struct erofs_tree){ .whiteout = EROFS_NONE };
	if (getrandom(&tree->key, sizeof(tree->key), 0) != sizeof(tree->key))
		return err_sys(e, errno, "get random bytes");
	r = tree_add_text(tree, "..", 2, &dots, e);
	if (r == 0)
		r = tree_resize(tree, TREE_TABLE, e);
	return r < 0 ? r : tree_add_directory(tree, EROFS_ROOT, e);
}

void erofs_tree_done(struct erofs_tree *tree)
{
	for (size_t i = 0; i < tree->directory_count; i++)
		free(tree->directories[i].xattrs);
	free(tree->names);
	free(tree->objects);
	free(tree->directories);
	free(tree->table);
	str_done(&tree->texts);
	*tree = (struct erofs_tree){ 0 };
}
