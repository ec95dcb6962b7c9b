/*
 * See tool_place.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "linux/whiteout.h"

enum { PLACE_BUSY_DIRECTORY_MODE = 0700 };

struct place_directory {
	struct place_directory *next;
	const char *path;
	struct timespec times[2];
};

static struct place *place_of(struct layer_writer *writer)
{
	return (struct place *)((char *)writer - offsetof(struct place, writer));
}

void place_done(struct place *place)
{
	place_path_done(&place->path);
	place->file_fd = fd_close(place->file_fd);
	arena_done(&place->arena);
}

/* Take away what an earlier entry put there. */
static int place_clear(struct place *place, int parent_fd, const char *name, const char *path,
		       struct err *e)
{
	int r = dir_remove(parent_fd, name);

	place_path_forget(&place->path);
	return r < 0 ? err_sys(e, r, "replace %.300s", path) : 0;
}

static int place_apply_xattrs(int fd, const char *path, const struct layer_inode *inode,
			      struct err *e)
{
	for (size_t i = 0; i < inode->xattr_count; i++) {
		const struct layer_xattr *xattr = &inode->xattrs[i];

		FAULT("fsetxattr");
		if (fsetxattr(fd, xattr->name, xattr->value, xattr->len, 0) < 0)
			return err_sys(e, errno, "set attribute %.100s of %.300s", xattr->name,
				       path);
	}
	return 0;
}

/* Owner, mode, attributes, times, in this order: each may change what comes before it. */
static int place_apply(int fd, const char *path, const struct layer_inode *inode, struct err *e)
{
	int r;

	FAULT("fchown");
	if (fchown(fd, inode->uid, inode->gid) < 0)
		return err_sys(e, errno, "set the owner of %.300s", path);
	if (fchmod(fd, inode->mode & 07777) < 0)
		return err_sys(e, errno, "set the mode of %.300s", path);
	r = place_apply_xattrs(fd, path, inode, e);
	if (r < 0)
		return r;
	if (futimens(fd, inode->times) < 0)
		return err_sys(e, errno, "set the times of %.300s", path);
	return 0;
}

static int place_defer(struct place *place, const char *path, const struct layer_inode *inode)
{
	struct place_directory *late = arena_alloc(&place->arena, sizeof(*late));

	if (!late)
		return -ENOMEM;
	*late = (struct place_directory){ .next = place->directories,
					  .path = arena_copy(&place->arena, path),
					  .times = { inode->times[0], inode->times[1] } };
	place->directories = late;
	return arena_ok(&place->arena);
}

static int place_hide(int parent_fd, const char *name, const char *path, struct err *e)
{
	int r = place_path_hide(parent_fd, name);

	return r < 0 ? err_sys(e, r, "hide what is below %.300s", path) : 0;
}

/* There is something of that name already: stay with a directory, replace everything else. */
static int place_directory_over(struct place *place, int parent_fd, const char *name,
				const char *path, struct err *e)
{
	bool is_whiteout;
	struct stat st;
	int r;

	if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "look at %.300s", path);
	if (S_ISDIR(st.st_mode))
		return 0;
	is_whiteout = whiteout_is_at(parent_fd, name, &st);
	r = place_clear(place, parent_fd, name, path, e);
	if (r < 0)
		return r;
	if (mkdirat(parent_fd, name, PLACE_BUSY_DIRECTORY_MODE) < 0)
		return err_sys(e, errno, "make directory %.300s", path);
	/* A whiteout that becomes a directory: what the layers below have of it stays hidden.
	 */
	return is_whiteout ? place_hide(parent_fd, name, path, e) : 0;
}

/* The directory at `path`: the one that is there already, or a new one in place of what is.
 * Returns an fd owned by the caller. */
static int place_directory_open(struct place *place, const char *path, struct err *e)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	const char *name = ".";
	int parent_fd = place->path.root_fd;
	int fd;
	int r = 0;

	if (path[0]) {
		parent_fd = place_path_parent(&place->path, path, &name, e);
		if (parent_fd < 0)
			return parent_fd;
		FAULT("mkdir");
		if (mkdirat(parent_fd, name, PLACE_BUSY_DIRECTORY_MODE) < 0)
			r = errno == EEXIST
				    ? place_directory_over(place, parent_fd, name, path, e)
				    : err_sys(e, errno, "make directory %.300s", path);
	}
	if (r < 0)
		return r;
	fd = openat(parent_fd, name, flags);
	return fd < 0 ? err_sys(e, errno, "open directory %.300s", path) : fd;
}

static int place_directory(struct layer_writer *writer, const char *path,
			   const struct layer_inode *inode, struct err *e)
{
	struct place *place = place_of(writer);
	AUTO_CLOSE int fd = place_directory_open(place, path, e);
	int r = fd < 0 ? fd : place_apply(fd, path, inode, e);

	if (r < 0)
		return r;
	r = place_defer(place, path, inode);
	return r < 0 ? err_sys(e, r, "remember directory %.300s", path) : 0;
}

static int place_file(struct layer_writer *writer, const char *path,
		      const struct layer_inode *inode, uint64_t size, struct err *e)
{
	struct place *place = place_of(writer);
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	const char *name;
	int parent_fd = place_path_parent(&place->path, path, &name, e);
	int r;

	(void)size;
	if (parent_fd < 0)
		return parent_fd;
	FAULT("open");
	place->file_fd = openat(parent_fd, name, flags, inode->mode & 0777);
	if (place->file_fd < 0 && errno == EEXIST) {
		r = place_clear(place, parent_fd, name, path, e);
		if (r < 0)
			return r;
		place->file_fd = openat(parent_fd, name, flags, inode->mode & 0777);
	}
	return place->file_fd < 0 ? err_sys(e, errno, "make file %.300s", path) : 0;
}

static int place_file_piece(struct layer_writer *writer, const char *path,
			    const struct layer_piece *piece, struct err *e)
{
	int r = fd_write_all_at(place_of(writer)->file_fd, piece->data, piece->len,
				piece->offset);

	return r < 0 ? err_sys(e, r, "write %.300s", path) : 0;
}

static int place_file_attributes(int fd, const char *path, const struct layer_inode *inode,
				 uint64_t size, struct err *e)
{
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "look at %.300s", path);
	/* A hole at the end. */
	if ((uint64_t)st.st_size < size && ftruncate(fd, (off_t)size) < 0)
		return err_sys(e, errno, "extend %.300s", path);
	if (st.st_uid != inode->uid || st.st_gid != inode->gid ||
	    (st.st_mode & 07777) != (inode->mode & 07777))
		return place_apply(fd, path, inode, e);
	r = place_apply_xattrs(fd, path, inode, e);
	if (r < 0)
		return r;
	FAULT("futimens");
	return futimens(fd, inode->times) < 0
		       ? err_sys(e, errno, "set the times of %.300s", path)
		       : 0;
}

static int place_file_end(struct layer_writer *writer, const char *path,
			  const struct layer_inode *inode, uint64_t size, struct err *e)
{
	struct place *place = place_of(writer);
	int r = place_file_attributes(place->file_fd, path, inode, size, e);

	place->file_fd = fd_close(place->file_fd);
	return r;
}

/* Owner and times of something that cannot be opened; `name` was made by us just before, in the
 * directory that we hold. */
static int place_apply_at(int parent_fd, const char *name, const char *path,
			  const struct layer_inode *inode, struct err *e)
{
	FAULT("fchownat");
	if (fchownat(parent_fd, name, inode->uid, inode->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "set the owner of %.300s", path);
	if (utimensat(parent_fd, name, inode->times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "set the times of %.300s", path);
	return 0;
}

static int place_symlink(struct layer_writer *writer, const char *path, const char *target,
			 const struct layer_inode *inode, struct err *e)
{
	struct place *place = place_of(writer);
	const char *name;
	int fd = place_path_parent(&place->path, path, &name, e);
	int r;

	if (fd < 0)
		return fd;
	FAULT("symlink");
	if (symlinkat(target, fd, name) < 0) {
		if (errno != EEXIST)
			return err_sys(e, errno, "make link %.300s", path);
		r = place_clear(place, fd, name, path, e);
		if (r < 0)
			return r;
		if (symlinkat(target, fd, name) < 0)
			return err_sys(e, errno, "make link %.300s", path);
	}
	return place_apply_at(fd, name, path, inode, e);
}

/* The directory of a hard link's target: nothing is made for it, and it is not kept. */
static int place_target(const struct place *place, const char *path, const char *target,
			const char **ret_name, struct err *e)
{
	const char *slash = strrchr(target, '/');
	char parent[PATH_MAX];
	size_t len = slash ? (size_t)(slash - target) : 0;
	struct stat st;
	int fd;

	memcpy(parent, target, len);
	parent[len] = '\0';
	*ret_name = slash ? slash + 1 : target;
	fd = place_path_open(&place->path, parent, O_PATH | O_DIRECTORY);
	if (fd < 0 || fstatat(fd, *ret_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISDIR(st.st_mode) || whiteout_is_at(fd, *ret_name, &st)) {
		(void)fd_close(fd);
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s is a hard link to %.300s, which is no file in the "
			       "archive before it",
			       path, target);
	}
	return fd;
}

/* Two names of one file already, perhaps the same name by two paths: replacing the one would
 * remove the other. */
static bool place_is_same(int fd, const char *name, int other_fd, const char *other_name)
{
	struct stat a;
	struct stat b;

	return fstatat(fd, name, &a, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(other_fd, other_name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int place_hardlink(struct layer_writer *writer, const char *path, const char *target,
			  struct err *e)
{
	struct place *place = place_of(writer);
	const char *name;
	const char *target_name = NULL;
	int fd = place_path_parent(&place->path, path, &name, e);
	AUTO_CLOSE int target_fd = -EBADF;
	int r;

	if (fd < 0)
		return fd;
	target_fd = place_target(place, path, target, &target_name, e);
	if (target_fd < 0)
		return target_fd;
	FAULT("link");
	if (linkat(target_fd, target_name, fd, name, 0) == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(e, errno, "link %.300s to %.300s", path, target);
	if (place_is_same(fd, name, target_fd, target_name))
		return 0;
	r = place_clear(place, fd, name, path, e);
	if (r < 0)
		return r;
	if (linkat(target_fd, target_name, fd, name, 0) < 0)
		return err_sys(e, errno, "link %.300s to %.300s", path, target);
	return 0;
}

static int place_node(struct layer_writer *writer, const char *path,
		      const struct layer_inode *inode, struct err *e)
{
	struct place *place = place_of(writer);
	/* Set-user-id means nothing on a node and would be lost by the change of owner anyway.
	 */
	mode_t mode = inode->mode & ((mode_t)S_IFMT | 0777);
	const char *name;
	int fd = place_path_parent(&place->path, path, &name, e);
	int r;

	if (fd < 0)
		return fd;
	FAULT("mknod");
	if (mknodat(fd, name, mode, inode->device) < 0) {
		if (errno != EEXIST)
			return err_sys(e, errno, "make node %.300s", path);
		r = place_clear(place, fd, name, path, e);
		if (r < 0)
			return r;
		if (mknodat(fd, name, mode, inode->device) < 0)
			return err_sys(e, errno, "make node %.300s", path);
	}
	return place_apply_at(fd, name, path, inode, e);
}

static int place_whiteout(struct layer_writer *writer, const char *path, const char *hidden,
			  struct err *e)
{
	struct place *place = place_of(writer);
	const char *name;
	struct stat st;
	int fd = place_path_parent(&place->path, path, &name, e);
	int r;

	if (fd < 0)
		return fd;
	r = whiteout_make(fd, hidden);
	if (r == 0)
		return 0;
	if (r != -EEXIST)
		return err_sys(e, r, "make whiteout %.300s", path);
	if (fstatat(fd, hidden, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "look at %.300s", path);
	return S_ISDIR(st.st_mode) ? place_hide(fd, hidden, path, e) : 0;
}

static int place_opaque(struct layer_writer *writer, const char *path, struct err *e)
{
	struct place *place = place_of(writer);
	const char *name;
	int fd = place_path_parent(&place->path, path, &name, e);

	return fd < 0 ? fd : place_hide(fd, ".", path, e);
}

static uint64_t place_implied(struct layer_writer *writer)
{
	return place_of(writer)->path.implied;
}

static int place_finish(struct layer_writer *writer, const char *diff_id, struct err *e)
{
	struct place *place = place_of(writer);
	struct place_directory *first = NULL;

	(void)diff_id;
	/* In the archive's order, so that the last word about a directory counts. */
	for (struct place_directory *d = place->directories; d;) {
		struct place_directory *before = d->next;

		d->next = first;
		first = d;
		d = before;
	}
	place->directories = first;
	for (const struct place_directory *d = first; d; d = d->next) {
		AUTO_CLOSE int fd = place_path_open(&place->path, d->path,
						    O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

		if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
			continue; /* replaced by something else later in the archive */
		if (fd < 0)
			return err_sys(e, fd, "open directory %.300s", d->path);
		FAULT("futimens");
		if (futimens(fd, d->times) < 0)
			return err_sys(e, errno, "set the times of %.300s", d->path);
	}
	return 0;
}

void place_init(struct place *place, int root_fd)
{
	*place = (struct place){
		.writer = { .directory = place_directory,
			    .file = place_file,
			    .file_piece = place_file_piece,
			    .file_end = place_file_end,
			    .symlink = place_symlink,
			    .hardlink = place_hardlink,
			    .node = place_node,
			    .whiteout = place_whiteout,
			    .opaque = place_opaque,
			    .implied = place_implied,
			    .finish = place_finish },
		.path = { .root_fd = root_fd, .parent_fd = -EBADF },
		.file_fd = -EBADF,
	};
}
