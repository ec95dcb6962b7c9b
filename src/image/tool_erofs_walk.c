/*
 * See tool_erofs_walk.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs_walk.h"

#include <string.h>

/* How many links one path may lead through: the kernel's MAXSYMLINKS. */
enum { WALK_LINKS_MAX = 40 };

struct walk {
	const struct erofs_tree *tree;
	uint32_t directory;
	const char *rest[WALK_LINKS_MAX + 1]; /* what is to be walked yet: the last one first */
	size_t depth;
	unsigned int links; /* that were followed */
};

static int walk_name(struct walk *walk, const char *text, size_t len)
{
	const struct erofs_tree *tree = walk->tree;
	uint32_t index;
	const struct erofs_name *name;
	const char *target;

	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	index = erofs_tree_find(tree, walk->directory, text, len);
	if (index == EROFS_NONE || tree->names[index].object == EROFS_NONE)
		return -ENOENT;
	name = &tree->names[index];
	if (name->type == EROFS_DIRECTORY) {
		walk->directory = name->object;
		return 0;
	}
	if (name->type != EROFS_SYMLINK)
		return -ENOTDIR;
	if (walk->links++ == WALK_LINKS_MAX)
		return -ELOOP;
	target = tree->texts.data + tree->objects[name->object].target;
	if (target[0] == '/')
		walk->directory = EROFS_ROOT;
	walk->rest[walk->depth++] = target;
	return 0;
}

int erofs_walk(const struct erofs_tree *tree, uint32_t directory, const char *path,
	       uint32_t *ret)
{
	struct walk walk = { .tree = tree,
			     .directory = path[0] == '/' ? EROFS_ROOT : directory,
			     .rest = { path },
			     .depth = 1 };

	while (walk.depth > 0) {
		const char **rest = &walk.rest[walk.depth - 1];
		const char *text = *rest + strspn(*rest, "/");
		size_t len = strcspn(text, "/");
		int r;

		*rest = text + len;
		if (len == 0) {
			walk.depth--;
		} else if (len == 2 && text[0] == '.' && text[1] == '.') {
			walk.directory = tree->directories[walk.directory].parent;
		} else if (len != 1 || text[0] != '.') {
			r = walk_name(&walk, text, len);
			if (r < 0)
				return r;
		}
	}
	*ret = walk.directory;
	return 0;
}

/*
 * The directory `text` in `*directory`, into the same; made where it is missing, or where a
 * whiteout is. `path` is what it is made for, and `part` its beginning with this name at the
 * end.
 */
static int walk_step(struct erofs_walk *walk, const char *path, const char *part,
		     uint32_t *directory, struct err *e)
{
	struct erofs_tree *tree = walk->tree;
	const char *slash = strrchr(part, '/');
	const char *text = slash ? slash + 1 : part;
	uint32_t name;
	int walked = erofs_walk(tree, *directory, text, directory);
	int r;

	if (walked == 0)
		return 0;
	if (walked != -ENOENT && walked != -ENOTDIR)
		return err_sys(e, walked, "%.300s: enter directory %.300s", path, part);
	r = erofs_tree_name(tree, *directory, text, strlen(text), &name, e);
	if (r < 0)
		return r;
	/* A link that leads nowhere inside; nothing is made where it would point. */
	if (walked == -ENOENT && tree->names[name].object != EROFS_NONE)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s: the link %.300s leads to no directory inside", path,
			       part);
	if (walked == -ENOTDIR && !erofs_tree_is_whiteout(tree, name))
		return err_sys(e, walked, "%.300s: enter directory %.300s", path, part);
	r = erofs_tree_directory(tree, name, e);
	*directory = tree->names[name].object;
	walk->implied++;
	return r;
}

/* Make what is missing of the directory `path`, one component after the other. */
static int walk_make(struct erofs_walk *walk, const char *path, uint32_t *ret, struct err *e)
{
	char part[PATH_MAX];

	*ret = EROFS_ROOT;
	for (const char *at = path;; at++) {
		size_t len = (size_t)(at - path);
		int r;

		if (*at != '/' && *at != '\0')
			continue;
		memcpy(part, path, len);
		part[len] = '\0';
		r = walk_step(walk, path, part, ret, e);
		if (r < 0 || *at == '\0')
			return r;
	}
}

int erofs_walk_parent(struct erofs_walk *walk, const char *path, uint32_t *ret_directory,
		      const char **ret_name, struct err *e)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	int r = 0;

	*ret_name = slash ? slash + 1 : path;
	if (walk->directory == EROFS_NONE || strlen(walk->parent) != len ||
	    memcmp(walk->parent, path, len) != 0) {
		memcpy(walk->parent, path, len);
		walk->parent[len] = '\0';
		walk->directory = EROFS_NONE;
		r = erofs_walk(walk->tree, EROFS_ROOT, walk->parent, &walk->directory);
		if (r == -ENOENT || r == -ENOTDIR)
			r = walk_make(walk, walk->parent, &walk->directory, e);
		else if (r < 0)
			r = err_sys(e, r, "%.300s: enter its directory", path);
	}
	*ret_directory = walk->directory;
	return r;
}

void erofs_walk_forget(struct erofs_walk *walk)
{
	walk->directory = EROFS_NONE;
}
