/*
 * See tool_place.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"

#define XATTR_OPAQUE "user.overlay.opaque"

enum { PLACE_DIRECTORY_MODE = 0755, PLACE_BUSY_DIRECTORY_MODE = 0700 };

struct place_directory {
	struct place_directory *next;
	const char *path;
	struct place_inode inode;
};

void place_init(struct place *place, int root_fd)
{
	*place = (struct place){ .root_fd = root_fd, .parent_fd = -EBADF };
}

static void place_forget_parent(struct place *place)
{
	place->parent_fd = fd_close(place->parent_fd);
	place->parent[0] = '\0';
}

void place_done(struct place *place)
{
	place_forget_parent(place);
	arena_done(&place->arena);
}

static int place_open(const struct place *place, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
					   RESOLVE_NO_XDEV };
	int fd = (int)syscall(SYS_openat2, place->root_fd, path[0] ? path : ".", &how,
			      sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* Make what is missing of the directory `path`, one component after the other. Returns an fd of
 * it. */
static int place_make_parents(const struct place *place, const char *path, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char part[PATH_MAX];
	size_t len = 0;

	for (const char *at = path;; at++) {
		int next;

		if (*at != '/' && *at != '\0')
			continue;
		len = (size_t)(at - path);
		memcpy(part, path, len);
		part[len] = '\0';
		next = place_open(place, part, O_PATH | O_DIRECTORY);
		if (next == -ENOENT) {
			const char *slash = strrchr(part, '/');
			const char *name = slash ? slash + 1 : part;

			FAULT("mkdir");
			/* -EEXIST: a link that leads nowhere inside; nothing is made where it
			 * would point. */
			if (mkdirat(fd < 0 ? place->root_fd : fd, name, PLACE_DIRECTORY_MODE) <
			    0)
				return err_set(
					e, ERR_INVALID, -EINVAL,
					"%.300s: the link %.300s leads to no directory inside",
					path, part);
			next = place_open(place, part, O_PATH | O_DIRECTORY);
		}
		if (next < 0)
			return err_sys(e, next, "%.300s: enter directory %.300s", path, part);
		(void)fd_close(fd);
		fd = next;
		if (*at == '\0')
			return fd_take(&fd);
	}
}

/*
 * The directory that `path` lies in, and the last component of it in `*ret_name`. The fd is
 * borrowed: consecutive entries mostly lie in one directory, so the last one is kept.
 */
static int place_parent(struct place *place, const char *path, const char **ret_name,
			struct err *e)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	size_t len = slash ? (size_t)(slash - path) : 0;
	int fd;

	*ret_name = slash ? slash + 1 : path;
	if (!slash)
		return place->root_fd;
	if (place->parent_fd >= 0 && strlen(place->parent) == len &&
	    memcmp(place->parent, path, len) == 0)
		return place->parent_fd;
	memcpy(parent, path, len);
	parent[len] = '\0';
	fd = place_open(place, parent, O_PATH | O_DIRECTORY);
	if (fd == -ENOENT)
		fd = place_make_parents(place, parent, e);
	else if (fd < 0)
		return err_sys(e, fd, "%.300s: enter its directory", path);
	if (fd < 0)
		return fd;
	place_forget_parent(place);
	place->parent_fd = fd;
	memcpy(place->parent, parent, len + 1);
	return fd;
}

/* Take away what an earlier entry put there. */
static int place_clear(struct place *place, int parent_fd, const char *name, const char *path,
		       struct err *e)
{
	int r = dir_remove(parent_fd, name);

	/* The kept parent may lie in what is gone; not when it is the parent of `path` itself.
	 */
	if (parent_fd == place->root_fd)
		place_forget_parent(place);
	return r < 0 ? err_sys(e, r, "replace %.300s", path) : 0;
}

static int place_apply_xattrs(int fd, const char *path, const struct place_inode *inode,
			      struct err *e)
{
	for (size_t i = 0; i < inode->xattr_count; i++) {
		const struct place_xattr *xattr = &inode->xattrs[i];

		FAULT("fsetxattr");
		if (fsetxattr(fd, xattr->name, xattr->value, xattr->len, 0) < 0)
			return err_sys(e, errno, "set attribute %.100s of %.300s", xattr->name,
				       path);
	}
	return 0;
}

/* Owner, mode, attributes, times, in this order: each may change what comes before it. */
static int place_apply(int fd, const char *path, const struct place_inode *inode, struct err *e)
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

static int place_defer(struct place *place, const char *path, const struct place_inode *inode)
{
	struct place_directory *late = arena_alloc(&place->arena, sizeof(*late));
	struct place_xattr *xattrs =
		arena_array(&place->arena, inode->xattr_count, sizeof(*xattrs));

	if (!late || !xattrs)
		return -ENOMEM;
	*late = (struct place_directory){ .next = place->directories,
					  .path = arena_copy(&place->arena, path),
					  .inode = *inode };
	for (size_t i = 0; i < inode->xattr_count; i++) {
		xattrs[i].name = arena_copy(&place->arena, inode->xattrs[i].name);
		xattrs[i].value = arena_copy_bytes(&place->arena, inode->xattrs[i].value,
						   inode->xattrs[i].len);
		xattrs[i].len = inode->xattrs[i].len;
	}
	late->inode.xattrs = xattrs;
	place->directories = late;
	return arena_ok(&place->arena);
}

/* A whiteout that becomes a directory: what the layers below have of it stays hidden. */
static bool place_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}

static int place_mark_opaque(int parent_fd, const char *name, const char *path, struct err *e)
{
	AUTO_CLOSE int fd =
		openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	FAULT("fsetxattr");
	if (fd < 0 || fsetxattr(fd, XATTR_OPAQUE, "y", 1, 0) < 0)
		return err_sys(e, errno, "hide what is below %.300s", path);
	return 0;
}

/* There is something of that name already: stay with a directory, replace everything else. */
static int place_directory_over(struct place *place, int parent_fd, const char *name,
				const char *path, struct err *e)
{
	struct stat st;
	int r;

	if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "look at %.300s", path);
	if (S_ISDIR(st.st_mode))
		return 0;
	r = place_clear(place, parent_fd, name, path, e);
	if (r < 0)
		return r;
	if (mkdirat(parent_fd, name, PLACE_BUSY_DIRECTORY_MODE) < 0)
		return err_sys(e, errno, "make directory %.300s", path);
	return place_is_whiteout(&st) ? place_mark_opaque(parent_fd, name, path, e) : 0;
}

int place_directory(struct place *place, const char *path, const struct place_inode *inode,
		    struct err *e)
{
	const char *name;
	int fd;
	int r = 0;

	if (path[0]) {
		fd = place_parent(place, path, &name, e);
		if (fd < 0)
			return fd;
		FAULT("mkdir");
		if (mkdirat(fd, name, PLACE_BUSY_DIRECTORY_MODE) < 0)
			r = errno == EEXIST ? place_directory_over(place, fd, name, path, e)
					    : err_sys(e, errno, "make directory %.300s", path);
	}
	if (r < 0)
		return r;
	r = place_defer(place, path, inode);
	return r < 0 ? err_sys(e, r, "remember directory %.300s", path) : 0;
}

int place_file(struct place *place, const char *path, const struct place_inode *inode,
	       struct err *e)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	const char *name;
	int parent_fd = place_parent(place, path, &name, e);
	int fd;
	int r;

	if (parent_fd < 0)
		return parent_fd;
	FAULT("open");
	fd = openat(parent_fd, name, flags, inode->mode & 0777);
	if (fd < 0 && errno == EEXIST) {
		r = place_clear(place, parent_fd, name, path, e);
		if (r < 0)
			return r;
		fd = openat(parent_fd, name, flags, inode->mode & 0777);
	}
	return fd < 0 ? err_sys(e, errno, "make file %.300s", path) : fd;
}

int place_file_end(int fd, const char *path, const struct place_inode *inode, uint64_t size,
		   struct err *e)
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

/* Owner and times of something that cannot be opened; `name` was made by us just before, in the
 * directory that we hold. */
static int place_apply_at(int parent_fd, const char *name, const char *path,
			  const struct place_inode *inode, struct err *e)
{
	FAULT("fchownat");
	if (fchownat(parent_fd, name, inode->uid, inode->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "set the owner of %.300s", path);
	if (utimensat(parent_fd, name, inode->times, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "set the times of %.300s", path);
	return 0;
}

int place_symlink(struct place *place, const char *path, const char *target,
		  const struct place_inode *inode, struct err *e)
{
	const char *name;
	int fd = place_parent(place, path, &name, e);
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
	fd = place_open(place, parent, O_PATH | O_DIRECTORY);
	if (fd < 0 || fstatat(fd, *ret_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    S_ISDIR(st.st_mode) || place_is_whiteout(&st)) {
		(void)fd_close(fd);
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s is a hard link to %.300s, which is no file in the "
			       "archive before it",
			       path, target);
	}
	return fd;
}

int place_hardlink(struct place *place, const char *path, const char *target, struct err *e)
{
	const char *name;
	const char *target_name = NULL;
	int fd = place_parent(place, path, &name, e);
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
	if (strcmp(path, target) == 0)
		return 0;
	r = place_clear(place, fd, name, path, e);
	if (r < 0)
		return r;
	if (linkat(target_fd, target_name, fd, name, 0) < 0)
		return err_sys(e, errno, "link %.300s to %.300s", path, target);
	return 0;
}

int place_node(struct place *place, const char *path, const struct place_inode *inode,
	       struct err *e)
{
	/* Set-user-id means nothing on a node and would be lost by the change of owner anyway.
	 */
	mode_t mode = inode->mode & ((mode_t)S_IFMT | 0777);
	const char *name;
	int fd = place_parent(place, path, &name, e);
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

int place_whiteout(struct place *place, const char *path, const char *hidden, struct err *e)
{
	const char *name;
	struct stat st;
	int fd = place_parent(place, path, &name, e);

	if (fd < 0)
		return fd;
	FAULT("mknod");
	if (mknodat(fd, hidden, S_IFCHR, makedev(0, 0)) == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(e, errno, "make whiteout %.300s", path);
	if (fstatat(fd, hidden, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "look at %.300s", path);
	return S_ISDIR(st.st_mode) ? place_mark_opaque(fd, hidden, path, e) : 0;
}

int place_opaque(struct place *place, const char *path, struct err *e)
{
	const char *name;
	int fd = place_parent(place, path, &name, e);

	return fd < 0 ? fd : place_mark_opaque(fd, ".", path, e);
}

int place_finish(struct place *place, struct err *e)
{
	struct place_directory *first = NULL;

	place_forget_parent(place);
	/* In the archive's order, so that the last word about a directory counts. */
	for (struct place_directory *d = place->directories; d;) {
		struct place_directory *before = d->next;

		d->next = first;
		first = d;
		d = before;
	}
	place->directories = first;
	for (const struct place_directory *d = first; d; d = d->next) {
		AUTO_CLOSE int fd =
			place_open(place, d->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
		int r;

		if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
			continue; /* replaced by something else later in the archive */
		if (fd < 0)
			return err_sys(e, fd, "open directory %.300s", d->path);
		r = place_apply(fd, d->path, &d->inode, e);
		if (r < 0)
			return r;
	}
	return 0;
}
