/*
 * The tree of a layer in memory: names, and what of inodes is needed until the archive is over.
 *
 * An inode that is no directory is written as soon as its entry has come; what stays is its
 * number, how many names it has, and where a symbolic link leads. A directory is kept whole,
 * because later entries change it. Names are only added: one that is replaced keeps its place
 * and refers to something else. One hash table finds a name by its directory, under a random
 * key. A usual name takes about 60 bytes, a directory 150.
 *
 * Limits: EROFS_NAMES_MAX names, EROFS_TEXTS_MAX bytes of names and link targets, and
 * EROFS_XATTRS_MAX bytes of attributes of directories.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_EROFS_TREE_H
#define HOY_IMAGE_TOOL_EROFS_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/err.h"
#include "base/siphash.h"
#include "base/str.h"
#include "image/tool_erofs_format.h"

enum {
	EROFS_NAMES_MAX = 1 << 22,
	EROFS_TEXTS_MAX = 256 << 20,
	EROFS_XATTRS_MAX = 64 << 20,
	EROFS_ROOT = 0, /* index of the root directory */
	/* what the texts begin with: ".." and, behind its first dot, "." */
	EROFS_TEXT_DOTS = 0,
	EROFS_TEXT_DOT = 1
};

/* No name, no directory, no object. */
#define EROFS_NONE UINT32_MAX

struct erofs_name {
	uint32_t directory; /* in which it is */
	uint32_t next;	    /* another name there; EROFS_NONE: the last */
	uint32_t text;	    /* in `texts`, with a NUL behind it */
	/* of a directory its index there, else of the object; EROFS_NONE: nothing yet */
	uint32_t object;
	uint8_t len;
	uint8_t type; /* enum erofs_type */
};

/* "." or ".."? */
static inline bool erofs_name_is_dots(const struct erofs_name *name)
{
	return name->text <= EROFS_TEXT_DOT;
}

/* An image of 16 TiB has no larger number of an inode. */
#define EROFS_NID_MAX ((UINT64_C(1) << 40) - 1)

/* An inode that is no directory. */
struct erofs_object {
	uint64_t nid : 40;
	uint64_t links : 24; /* names that it has now */
	uint32_t target;     /* of a symbolic link, in `texts` */
};

struct erofs_directory {
	char *xattrs; /* encoded entries (tool_erofs_xattr.h), later the body; owned */
	uint32_t xattrs_len;
	uint32_t first; /* name; the latest first, until they are sorted */
	uint32_t parent;
	uint32_t next;	      /* in whatever list it is just now */
	uint32_t directories; /* in it */
	uint32_t uid;
	uint32_t gid;
	uint16_t mode;
	bool is_gone;	/* replaced: neither it nor anything in it exists */
	bool is_opaque; /* it hides what the layers below have in it */
	struct timespec mtime;
	uint64_t nid;	/* given out at the end */
	uint32_t block; /* where its full blocks begin */
};

struct erofs_tree {
	struct siphash_key key;
	struct erofs_name *names;
	struct erofs_object *objects;
	struct erofs_directory *directories;
	uint32_t *
		table; /* of names by directory and text: open addressing, EROFS_NONE is free */
	struct str texts;
	size_t name_count, name_room;
	size_t object_count, object_room;
	size_t directory_count, directory_room;
	size_t table_size; /* a power of two */
	size_t table_used;
	size_t xattrs_total; /* bytes of attributes of directories */
	uint32_t whiteout;   /* the one object of all whiteouts; EROFS_NONE: none yet */
};

/* A tree with nothing but its root: owner 0:0, mode 0755, time 0. */
int erofs_tree_init(struct erofs_tree *tree, struct err *e);
void erofs_tree_done(struct erofs_tree *tree);

/* The name `text` (of `len` bytes, not "." or "..") in `directory`, or EROFS_NONE. */
uint32_t erofs_tree_find(const struct erofs_tree *tree, uint32_t directory, const char *text,
			 size_t len);
/* The same, and it is added where it is not there, with no object. Returns 0 or -errno. */
int erofs_tree_name(struct erofs_tree *tree, uint32_t directory, const char *text, size_t len,
		    uint32_t *ret, struct err *e);
const char *erofs_tree_text(const struct erofs_tree *tree, uint32_t name);
/* What does it refer to? Nothing is neither of these. */
bool erofs_tree_is_directory(const struct erofs_tree *tree, uint32_t name);
bool erofs_tree_is_whiteout(const struct erofs_tree *tree, uint32_t name);

/* What `name` refers to goes: an object loses a name, a directory goes with everything in it.
 */
void erofs_tree_clear(struct erofs_tree *tree, uint32_t name);
/* `name`, which is no directory, becomes a new empty one: root, 0755, time 0. In place of a
 * whiteout it is opaque. */
int erofs_tree_directory(struct erofs_tree *tree, uint32_t name, struct err *e);
/* It becomes the first name of a new object; `target`: of a symbolic link, else NULL. */
int erofs_tree_object(struct erofs_tree *tree, uint32_t name, enum erofs_type type,
		      uint64_t nid, const char *target, struct err *e);
/* It becomes another name of an object. */
void erofs_tree_link(struct erofs_tree *tree, uint32_t name, enum erofs_type type,
		     uint32_t object);
/* The attributes of a directory; `take_xattrs` is from the heap. -E2BIG: all of them together
 * are too many. */
int erofs_tree_xattrs(struct erofs_tree *tree, uint32_t directory, char *take_xattrs,
		      size_t len, struct err *e);

/* The names of a directory in the order of their bytes, as the format wants them. */
int erofs_tree_sort(struct erofs_tree *tree, uint32_t directory);

#endif
