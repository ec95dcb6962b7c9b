/*
 * See tool_erofs.h. What an entry does to those before it follows tool_place.c.
 *
 * Runs in: image, confined.
 */
#include "image/tool_erofs.h"

#include <string.h>

#include "base/fd.h"

static struct erofs *erofs_of(struct layer_writer *writer)
{
	return (struct erofs *)((char *)writer - offsetof(struct erofs, writer));
}

/* Take away what an earlier entry put there. */
static void erofs_clear(struct erofs *erofs, uint32_t name)
{
	if (erofs->tree.names[name].object == EROFS_NONE)
		return;
	erofs_tree_clear(&erofs->tree, name);
	erofs_walk_forget(&erofs->walk);
}

/* The name at `path`, whatever it refers to. */
static int erofs_name(struct erofs *erofs, const char *path, uint32_t *ret, struct err *e)
{
	const char *text;
	uint32_t directory;
	int r = erofs_walk_parent(&erofs->walk, path, &directory, &text, e);

	return r < 0 ? r : erofs_tree_name(&erofs->tree, directory, text, strlen(text), ret, e);
}

static struct erofs_inode inode_of(struct erofs *erofs, const struct layer_inode *inode)
{
	return (struct erofs_inode){ .mode = inode->mode,
				     .number = ++erofs->numbers,
				     .uid = inode->uid,
				     .gid = inode->gid,
				     .mtime = inode->times[1],
				     .links = 1 };
}

/* Write the inode of something that `name` then refers to. */
static int erofs_put_record(struct erofs *erofs, uint32_t name,
			    const struct erofs_record *record, enum erofs_type type,
			    const char *target, struct err *e)
{
	uint64_t nid;
	int r = erofs_records_add(&erofs->records, record, &nid, e);

	return r < 0 ? r : erofs_tree_object(&erofs->tree, name, type, nid, target, e);
}

/* --- directories --- */

/* Set attributes of a directory besides those that it has. */
static int directory_xattrs(struct erofs *erofs, uint32_t directory,
			    const struct layer_xattr *xattrs, size_t count, struct err *e)
{
	const struct erofs_directory *d = &erofs->tree.directories[directory];
	AUTO_STR struct str entries = { 0 };
	size_t len;

	if (count == 0)
		return 0;
	str_add_bytes(&entries, d->xattrs, d->xattrs_len);
	for (size_t i = 0; i < count; i++)
		erofs_xattr_set(&entries, &xattrs[i]);
	if (str_ok(&entries) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for attributes");
	len = entries.len;
	return erofs_tree_xattrs(&erofs->tree, directory, str_take(&entries), len, e);
}

/* The directory at `path`: the one that is there already, or a new one in place of what is. */
static int directory_at(struct erofs *erofs, const char *path, uint32_t *ret, struct err *e)
{
	uint32_t name;
	int r;

	*ret = EROFS_ROOT;
	if (path[0] == '\0')
		return 0;
	r = erofs_name(erofs, path, &name, e);
	if (r < 0)
		return r;
	if (!erofs_tree_is_directory(&erofs->tree, name)) {
		r = erofs_tree_directory(&erofs->tree, name, e);
		erofs_walk_forget(&erofs->walk);
	}
	*ret = erofs->tree.names[name].object;
	return r;
}

static int erofs_put_directory(struct layer_writer *writer, const char *path,
			       const struct layer_inode *inode, struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	struct erofs_directory *d;
	uint32_t directory;
	int r = directory_at(erofs, path, &directory, e);

	if (r < 0)
		return r;
	d = &erofs->tree.directories[directory];
	d->mode = inode->mode & 07777;
	d->uid = inode->uid;
	d->gid = inode->gid;
	d->mtime = inode->times[1];
	r = directory_xattrs(erofs, directory, inode->xattrs, inode->xattr_count, e);
	return r < 0 ? err_wrap(e, r, "%.300s", path) : 0;
}

/* --- files --- */

static int file_xattrs(struct erofs *erofs, const struct layer_inode *inode, struct err *e)
{
	AUTO_STR struct str entries = { 0 };

	str_clear(&erofs->file_xattrs);
	for (size_t i = 0; i < inode->xattr_count; i++)
		erofs_xattr_set(&entries, &inode->xattrs[i]);
	if (str_ok(&entries) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for attributes");
	return erofs_xattrs_body(&erofs->xattrs, entries.data, entries.len, &erofs->file_xattrs,
				 e);
}

/* How much of a file's end may lie behind an inode with attributes of so many bytes. */
static size_t tail_room(size_t xattrs_len)
{
	size_t head = EROFS_INODE_SIZE + xattrs_len;

	return head < EROFS_RECORD_MAX ? EROFS_RECORD_MAX - head : 0;
}

static int erofs_begin_file(struct layer_writer *writer, const char *path,
			    const struct layer_inode *inode, uint64_t size, struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	int r = erofs_name(erofs, path, &erofs->file_name, e);

	if (r < 0)
		return r;
	erofs_clear(erofs, erofs->file_name);
	r = file_xattrs(erofs, inode, e);
	if (r < 0)
		return err_wrap(e, r, "%.300s", path);
	erofs_file_begin(&erofs->file, &erofs->blocks, size, tail_room(erofs->file_xattrs.len));
	return 0;
}

static int erofs_put_piece(struct layer_writer *writer, const char *path,
			   const struct layer_piece *piece, struct err *e)
{
	int r = erofs_file_piece(&erofs_of(writer)->file, piece, e);

	return r < 0 ? err_wrap(e, r, "%.300s", path) : 0;
}

static int erofs_end_file(struct layer_writer *writer, const char *path,
			  const struct layer_inode *inode, uint64_t size, struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	struct erofs_record record = { .inode = inode_of(erofs, inode),
				       .xattrs = erofs->file_xattrs.data,
				       .xattrs_len = erofs->file_xattrs.len };
	int r = erofs_file_end(&erofs->file, &record, e);

	(void)size;
	record.inode.mode = S_IFREG | (inode->mode & 07777);
	erofs->has_chunks |= record.inode.layout == EROFS_CHUNKS;
	if (r == 0)
		r = erofs_put_record(erofs, erofs->file_name, &record, EROFS_FILE, NULL, e);
	erofs_file_done(&erofs->file);
	return r < 0 ? err_wrap(e, r, "%.300s", path) : 0;
}

/* --- links and nodes --- */

/* As on other file systems, a link has no attributes, and its mode means nothing. */
static int erofs_put_symlink(struct layer_writer *writer, const char *path, const char *target,
			     const struct layer_inode *inode, struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	struct layer_piece piece = { .data = target, .len = strlen(target) };
	struct erofs_record record = { .inode = inode_of(erofs, inode) };
	uint32_t name;
	int r = erofs_name(erofs, path, &name, e);

	if (r < 0)
		return r;
	erofs_clear(erofs, name);
	erofs_file_begin(&erofs->file, &erofs->blocks, piece.len, tail_room(0));
	r = erofs_file_piece(&erofs->file, &piece, e);
	if (r == 0)
		r = erofs_file_end(&erofs->file, &record, e);
	record.inode.mode = S_IFLNK | 0777;
	if (r == 0)
		r = erofs_put_record(erofs, name, &record, EROFS_SYMLINK, target, e);
	return r < 0 ? err_wrap(e, r, "%.300s", path) : 0;
}

/* The name of a hard link's target: nothing is made for it. EROFS_NONE: there is no such file.
 */
static uint32_t erofs_target(const struct erofs *erofs, const char *target)
{
	const struct erofs_tree *tree = &erofs->tree;
	const char *slash = strrchr(target, '/');
	const char *text = slash ? slash + 1 : target;
	char parent[PATH_MAX];
	size_t len = slash ? (size_t)(slash - target) : 0;
	uint32_t directory;
	uint32_t name;

	memcpy(parent, target, len);
	parent[len] = '\0';
	if (text[0] == '\0' || erofs_walk(tree, EROFS_ROOT, parent, &directory) < 0)
		return EROFS_NONE;
	name = erofs_tree_find(tree, directory, text, strlen(text));
	if (name == EROFS_NONE || tree->names[name].object == EROFS_NONE ||
	    erofs_tree_is_directory(&erofs->tree, name) ||
	    erofs_tree_is_whiteout(&erofs->tree, name))
		return EROFS_NONE;
	return name;
}

static int erofs_put_hardlink(struct layer_writer *writer, const char *path, const char *target,
			      struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	struct erofs_name *names;
	uint32_t name;
	uint32_t other;
	int r = erofs_name(erofs, path, &name, e);

	if (r < 0)
		return r;
	names = erofs->tree.names;
	other = erofs_target(erofs, target);
	if (other == EROFS_NONE)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s is a hard link to %.300s, which is no file in the "
			       "archive before it",
			       path, target);
	if (!erofs_tree_is_directory(&erofs->tree, name) &&
	    names[name].object == names[other].object)
		return 0;
	erofs_clear(erofs, name);
	/* It was in the directory that just went. */
	if (erofs->tree.directories[names[other].directory].is_gone)
		return err_sys(e, ENOENT, "link %.300s to %.300s", path, target);
	erofs_tree_link(&erofs->tree, name, names[other].type, names[other].object);
	return 0;
}

static enum erofs_type node_type(mode_t mode)
{
	return S_ISCHR(mode)   ? EROFS_CHARACTER
	       : S_ISBLK(mode) ? EROFS_BLOCK_DEVICE
			       : EROFS_FIFO;
}

static int erofs_put_node(struct layer_writer *writer, const char *path,
			  const struct layer_inode *inode, struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	struct erofs_record record = { .inode = inode_of(erofs, inode) };
	uint32_t name;
	int r = erofs_name(erofs, path, &name, e);

	if (r < 0)
		return r;
	if (!S_ISFIFO(inode->mode) && erofs_device(inode->device, &record.inode.where) < 0)
		return err_sys(e, EINVAL, "make node %.300s", path);
	erofs_clear(erofs, name);
	/* Set-user-id means nothing on a node. */
	record.inode.mode = inode->mode & ((mode_t)S_IFMT | 0777);
	r = erofs_put_record(erofs, name, &record, node_type(inode->mode), NULL, e);
	return r < 0 ? err_wrap(e, r, "%.300s", path) : 0;
}

/* --- what hides --- */

/* All whiteouts are names of one inode: a character device 0:0 of no mode and no time. */
static int whiteout_put(struct erofs *erofs, uint32_t name, struct err *e)
{
	const struct layer_inode nothing = { .mode = S_IFCHR };
	struct erofs_record record = { .inode = inode_of(erofs, &nothing) };
	int r;

	if (erofs->tree.whiteout != EROFS_NONE) {
		erofs_tree_link(&erofs->tree, name, EROFS_CHARACTER, erofs->tree.whiteout);
		return 0;
	}
	r = erofs_put_record(erofs, name, &record, EROFS_CHARACTER, NULL, e);
	if (r == 0)
		erofs->tree.whiteout = erofs->tree.names[name].object;
	return r;
}

static int erofs_put_whiteout(struct layer_writer *writer, const char *path, const char *hidden,
			      struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	struct erofs_tree *tree = &erofs->tree;
	const char *text;
	uint32_t directory;
	uint32_t name;
	int r = erofs_walk_parent(&erofs->walk, path, &directory, &text, e);

	if (r == 0)
		r = erofs_tree_name(tree, directory, hidden, strlen(hidden), &name, e);
	if (r < 0)
		return r;
	if (erofs_tree_is_directory(tree, name))
		tree->directories[tree->names[name].object].is_opaque = true;
	else if (tree->names[name].object == EROFS_NONE)
		return whiteout_put(erofs, name, e);
	return 0;
}

static int erofs_put_opaque(struct layer_writer *writer, const char *path, struct err *e)
{
	struct erofs *erofs = erofs_of(writer);
	const char *text;
	uint32_t directory;
	int r = erofs_walk_parent(&erofs->walk, path, &directory, &text, e);

	if (r == 0)
		erofs->tree.directories[directory].is_opaque = true;
	return r;
}

static uint64_t erofs_implied(struct layer_writer *writer)
{
	return erofs_of(writer)->walk.implied;
}

/* --- life --- */

static int image_check(int fd, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "look at the image");
	if (!S_ISREG(st.st_mode) || st.st_size > 0)
		return err_set(e, ERR_INVALID, -EINVAL, "descriptor %d is not an empty file",
			       fd);
	return 0;
}

int erofs_init(struct erofs *erofs, int fd, struct err *e)
{
	int r = image_check(fd, e);

	*erofs = (struct erofs){ .writer = { .directory = erofs_put_directory,
					     .file = erofs_begin_file,
					     .file_piece = erofs_put_piece,
					     .file_end = erofs_end_file,
					     .symlink = erofs_put_symlink,
					     .hardlink = erofs_put_hardlink,
					     .node = erofs_put_node,
					     .whiteout = erofs_put_whiteout,
					     .opaque = erofs_put_opaque,
					     .implied = erofs_implied,
					     .finish = erofs_finish },
				 .walk = { .tree = &erofs->tree, .directory = EROFS_NONE } };
	erofs_xattrs_init(&erofs->xattrs, &erofs->records);
	if (r == 0)
		r = erofs_tree_init(&erofs->tree, e);
	if (r == 0)
		r = erofs_blocks_init(&erofs->blocks, fd, e);
	if (r == 0)
		r = erofs_records_init(&erofs->records, &erofs->blocks, e);
	/* For the super block. */
	return r < 0 ? r : erofs_blocks_skip(&erofs->blocks, 1, e);
}

void erofs_done(struct erofs *erofs)
{
	erofs_tree_done(&erofs->tree);
	erofs_file_done(&erofs->file);
	erofs_xattrs_done(&erofs->xattrs);
	erofs_records_done(&erofs->records);
	erofs_blocks_done(&erofs->blocks);
	str_done(&erofs->file_xattrs);
}
