/*
 * See tool_place_path.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_place_path.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/whiteout.h"

enum { PLACE_DIRECTORY_MODE = 0755 };

/* The last component. */
static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int place_path_open(const struct place_path *place, const char *path, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
					   RESOLVE_NO_XDEV };
	int fd = (int)syscall(SYS_openat2, place->root_fd, path[0] ? path : ".", &how,
			      sizeof(how));

	return fd < 0 ? -errno : fd;
}

/*
 * A directory that the archive has not named: root's, 0755, whatever the one that it lies in
 * has (a set-group-id directory hands its group down). -EEXIST for what was not found before: a
 * link that leads nowhere inside. Nothing is made where it would point.
 */
static int place_path_mkdir(int parent_fd, const char *name)
{
	AUTO_CLOSE int fd = -EBADF;
	struct stat st;

	FAULT("mkdir");
	if (mkdirat(parent_fd, name, PLACE_DIRECTORY_MODE) < 0 ||
	    fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (st.st_gid == 0 && (st.st_mode & 07777) == PLACE_DIRECTORY_MODE)
		return 0;
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fchown(fd, 0, 0) < 0 || fchmod(fd, PLACE_DIRECTORY_MODE) < 0)
		return -errno;
	return 0;
}

int place_path_hide(int parent_fd, const char *name)
{
	AUTO_CLOSE int fd =
		openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : whiteout_set_opaque(fd);
}

/* A whiteout that something lies in: a directory, and what the layers below have in it stays
 * hidden. -ENOTDIR: it is none. */
static int place_path_replace(int parent_fd, const char *name)
{
	struct stat st;
	int r;

	if (fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!whiteout_is_at(parent_fd, name, &st))
		return -ENOTDIR;
	if (unlinkat(parent_fd, name, 0) < 0)
		return -errno;
	r = place_path_mkdir(parent_fd, name);
	return r < 0 ? r : place_path_hide(parent_fd, name);
}

/* The directory `part`, which lies in `parent_fd`. Only for a link all of it has to be
 * resolved. */
static int place_path_enter(const struct place_path *place, int parent_fd, const char *part)
{
	int fd = openat(parent_fd, base_name(part),
			O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 || errno != ENOTDIR)
		return fd < 0 ? -errno : fd;
	return place_path_open(place, part, O_PATH | O_DIRECTORY);
}

/* The same, and it is made where it is missing. `path` is what it is made for. Returns an fd of
 * it. */
static int place_path_step(struct place_path *place, int parent_fd, const char *part,
			   const char *path, struct err *e)
{
	int fd = place_path_enter(place, parent_fd, part);
	int r = fd;

	if (fd >= 0)
		return fd;
	if (fd == -ENOENT)
		r = place_path_mkdir(parent_fd, base_name(part));
	else if (fd == -ENOTDIR)
		r = place_path_replace(parent_fd, base_name(part));
	if (r == -EEXIST)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "%.300s: the link %.300s leads to no directory inside", path,
			       part);
	if (r == 0) {
		place->implied++;
		r = fd = place_path_enter(place, parent_fd, part);
	}
	return r < 0 ? err_sys(e, r, "%.300s: enter directory %.300s", path, part) : fd;
}

/* Make what is missing of the directory `path`, one component after the other. Returns an fd of
 * it. */
static int place_path_make(struct place_path *place, const char *path, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char part[PATH_MAX];

	for (const char *at = path;; at++) {
		size_t len = (size_t)(at - path);
		int next;

		if (*at != '/' && *at != '\0')
			continue;
		memcpy(part, path, len);
		part[len] = '\0';
		next = place_path_step(place, fd < 0 ? place->root_fd : fd, part, path, e);
		if (next < 0)
			return next;
		(void)fd_close(fd);
		fd = next;
		if (*at == '\0')
			return fd_take(&fd);
	}
}

void place_path_forget(struct place_path *place)
{
	place->parent[0] = '\0';
}

void place_path_done(struct place_path *place)
{
	place->parent_fd = fd_close(place->parent_fd);
}

int place_path_parent(struct place_path *place, const char *path, const char **ret_name,
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
	fd = place_path_open(place, parent, O_PATH | O_DIRECTORY);
	if (fd == -ENOENT || fd == -ENOTDIR)
		fd = place_path_make(place, parent, e);
	else if (fd < 0)
		return err_sys(e, fd, "%.300s: enter its directory", path);
	if (fd < 0)
		return fd;
	(void)fd_close(place->parent_fd);
	place->parent_fd = fd;
	memcpy(place->parent, parent, len + 1);
	return fd;
}
