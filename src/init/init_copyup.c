/*
 * tmpcopyup: a new tmpfs starts with what the image has at its place.
 *
 * The image is not trusted: nothing is followed, the depth is limited, and only files,
 * directories and links are copied. The size is limited by the tmpfs.
 *
 * Runs in: init.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"

enum { DEPTH_MAX = 64, CHUNK = 1 << 20 };

static int copy_directory(int take_from_fd, int to_fd, int depth);

static int copy_attributes(int fd, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	if (fchown(fd, st->st_uid, st->st_gid) < 0 || fchmod(fd, st->st_mode & 07777) < 0)
		return -errno;
	return futimens(fd, times) < 0 ? -errno : 0;
}

static int copy_file(int from_dir, int to_dir, const char *name, const struct stat *st)
{
	AUTO_CLOSE int from = openat(from_dir, name,
				     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	AUTO_CLOSE int to = -EBADF;
	ssize_t n;

	if (from < 0)
		return -errno;
	to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	do
		n = sendfile(to, from, NULL, CHUNK);
	while (n > 0);
	return n < 0 ? -errno : copy_attributes(to, st);
}

static int copy_link(int from_dir, int to_dir, const char *name, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(from_dir, name, target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	if (symlinkat(target, to_dir, name) < 0)
		return -errno;
	return fchownat(to_dir, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 ? -errno
										       : 0;
}

static int copy_subdirectory(int from_dir, int to_dir, const char *name, const struct stat *st,
			     int depth)
{
	int from = openat(from_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_CLOSE int to = -EBADF;
	int r;

	if (from < 0)
		return -errno;
	if (mkdirat(to_dir, name, 0700) == 0)
		to = openat(to_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0) {
		r = -errno;
		(void)fd_close(from);
		return r;
	}
	r = copy_directory(from, to, depth + 1);
	return r < 0 ? r : copy_attributes(to, st);
}

static int copy_entry(int from_dir, int to_dir, const char *name, int depth)
{
	struct stat st;

	if (fstatat(from_dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return copy_subdirectory(from_dir, to_dir, name, &st, depth);
	if (S_ISREG(st.st_mode))
		return copy_file(from_dir, to_dir, name, &st);
	if (S_ISLNK(st.st_mode))
		return copy_link(from_dir, to_dir, name, &st);
	return 0;
}

static int copy_directory(int take_from_fd, int to_fd, int depth)
{
	DIR *dir = depth > DEPTH_MAX ? NULL : fdopendir(take_from_fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = depth > DEPTH_MAX ? -ELOOP : -errno;
		(void)fd_close(take_from_fd);
		return r;
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = copy_entry(dirfd(dir), to_fd, entry->d_name, depth);
	(void)closedir(dir);
	return r;
}

int init_copy_up(int from_fd, int to_fd, struct err *e)
{
	struct stat st;
	AUTO_CLOSE int to = openat(to_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int from = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (from < 0 || to < 0 || fstat(from, &st) < 0) {
		r = -errno;
		(void)fd_close(from);
		return err_sys(e, r, "copy the image's files up");
	}
	r = FAULT_OR("copy_up", copy_directory(from, to, 0));
	if (r == 0)
		r = copy_attributes(to, &st);
	return r < 0 ? err_sys(e, r, "copy the image's files up") : 0;
}
