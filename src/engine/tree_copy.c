/*
 * See tree_copy.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/tree_copy.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"

enum { COPY_CHUNK = 1 << 24, LIST_MAX_LEN = 65536, VALUE_MAX_LEN = 65536, LINK_MAX_LEN = 4096 };

static int xattrs_copy(int from_fd, int to_fd)
{
	AUTO_FREE char *list = NULL;
	AUTO_FREE char *value = NULL;
	ssize_t len = flistxattr(from_fd, NULL, 0);

	if (len <= 0 || len > LIST_MAX_LEN)
		return len < 0 && errno != ENOTSUP ? -errno : 0;
	list = malloc((size_t)len + 1);
	value = malloc(VALUE_MAX_LEN);
	if (!list || !value)
		return -ENOMEM;
	len = flistxattr(from_fd, list, (size_t)len);
	for (ssize_t at = 0; at < len; at += (ssize_t)strlen(list + at) + 1) {
		ssize_t size;

		/* The overlay's own marks are about the layer, not about the file. */
		if (str_starts(list + at, "user.overlay.") ||
		    str_starts(list + at, "trusted.overlay."))
			continue;
		size = fgetxattr(from_fd, list + at, value, VALUE_MAX_LEN);
		if (size < 0 || fsetxattr(to_fd, list + at, value, (size_t)size, 0) < 0)
			return -errno;
	}
	return 0;
}

/* Times last: everything before changes them. The mode after the owner, which takes the set-id
 * bits away. */
static int attributes_copy(int to_fd, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };

	FAULT("chown");
	if (fchown(to_fd, st->st_uid, st->st_gid) < 0 || fchmod(to_fd, st->st_mode & 07777) < 0)
		return -errno;
	return futimens(to_fd, times) < 0 ? -errno : 0;
}

static int file_copy(int from_dir, const char *name, int to_dir, const struct stat *st)
{
	AUTO_CLOSE int from = openat(from_dir, name,
				     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	AUTO_CLOSE int to = -EBADF;
	ssize_t n;
	int r;

	FAULT("open");
	if (from < 0)
		return -errno;
	to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	while ((n = sendfile(to, from, NULL, COPY_CHUNK)) > 0)
		continue;
	if (n < 0)
		return -errno;
	r = xattrs_copy(from, to);
	return r < 0 ? r : attributes_copy(to, st);
}

static int special_copy(int from_dir, const char *name, int to_dir, const struct stat *st)
{
	struct timespec times[2] = { st->st_atim, st->st_mtim };
	char target[LINK_MAX_LEN];

	FAULT("mknod");
	if (S_ISLNK(st->st_mode)) {
		ssize_t len = readlinkat(from_dir, name, target, sizeof(target) - 1);

		if (len < 0)
			return -errno;
		target[len] = '\0';
		if (symlinkat(target, to_dir, name) < 0)
			return -errno;
	} else if (S_ISSOCK(st->st_mode)) {
		return 0;
	} else if (mknodat(to_dir, name, st->st_mode, st->st_rdev) < 0) {
		return -errno;
	}
	if (fchownat(to_dir, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISLNK(st->st_mode) && fchmodat(to_dir, name, st->st_mode & 07777, 0) < 0)
		return -errno;
	return utimensat(to_dir, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

static int directory_copy(int from_fd, int to_fd, int depth, struct err *e);

static int entry_copy(int from_fd, const char *name, int to_fd, int depth, struct err *e)
{
	AUTO_CLOSE int from = -EBADF;
	AUTO_CLOSE int to = -EBADF;
	struct stat st;
	int r;

	if (fstatat(from_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, errno, "look at %s", name);
	if (!S_ISDIR(st.st_mode)) {
		r = S_ISREG(st.st_mode) ? file_copy(from_fd, name, to_fd, &st)
					: special_copy(from_fd, name, to_fd, &st);
		return r < 0 ? err_sys(e, r, "copy %s", name) : 0;
	}
	if (depth >= TREE_DEPTH_MAX)
		return err_set(e, ERR_INVALID, -ELOOP, "%s: more than %d directories deep",
			       name, TREE_DEPTH_MAX);
	from = openat(from_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (from < 0 || mkdirat(to_fd, name, 0700) < 0)
		return err_sys(e, errno, "copy directory %s", name);
	to = openat(to_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return err_sys(e, errno, "copy directory %s", name);
	r = directory_copy(from, to, depth + 1, e);
	return r < 0 ? err_wrap(e, r, "%s", name) : 0;
}

static int directory_copy(int from_fd, int to_fd, int depth, struct err *e)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int fd = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return err_sys(e, errno, "open a directory");
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return -ENOMEM;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = entry_copy(from_fd, entry->d_name, to_fd, depth, e);
	(void)closedir(dir);
	if (r == 0 && fstat(from_fd, &st) < 0)
		r = -errno;
	if (r == 0)
		r = xattrs_copy(from_fd, to_fd);
	return r == 0 ? attributes_copy(to_fd, &st) : r;
}

int tree_copy(int from_fd, int to_fd, struct err *e)
{
	int r = directory_copy(from_fd, to_fd, 0, e);

	return r < 0 && e && e->kind == ERR_NONE ? err_sys(e, r, "copy a directory") : r;
}
