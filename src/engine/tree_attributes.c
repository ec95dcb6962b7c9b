/*
 * See tree_attributes.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/tree_attributes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"

enum { LIST_MAX = 65536, VALUE_MAX = 65536 };

/* Neither the file's own: the overlay's marks, and the label that the host's policy gives. */
static bool is_foreign(const char *name)
{
	return str_starts(name, "user.overlay.") || str_starts(name, "trusted.overlay.") ||
	       strcmp(name, "security.selinux") == 0;
}

/* The names, one NUL-terminated after the other, from malloc. Returns their length or -errno; a
 * file system that has none has 0. */
static ssize_t list_read(int fd, char **ret)
{
	ssize_t len = flistxattr(fd, NULL, 0);

	*ret = NULL;
	if (len <= 0 || len > LIST_MAX)
		return len > 0 ? -E2BIG : len < 0 && errno != ENOTSUP ? -errno : 0;
	*ret = malloc((size_t)len + 1);
	if (!*ret)
		return -ENOMEM;
	len = flistxattr(fd, *ret, (size_t)len);
	return len < 0 ? -errno : len;
}

/* What is not in the other's list. */
static int xattrs_remove(int fd, const char *keep, ssize_t keep_len)
{
	AUTO_FREE char *list = NULL;
	ssize_t len = list_read(fd, &list);

	for (ssize_t at = 0; at < len; at += (ssize_t)strlen(list + at) + 1) {
		ssize_t k = 0;

		while (k < keep_len && strcmp(keep + k, list + at) != 0)
			k += (ssize_t)strlen(keep + k) + 1;
		if (k >= keep_len && !is_foreign(list + at) && fremovexattr(fd, list + at) < 0)
			return -errno;
	}
	return len < 0 ? (int)len : 0;
}

static int xattrs_copy(int from_fd, int to_fd, const struct id_shift *shift)
{
	AUTO_FREE char *list = NULL;
	AUTO_FREE char *value = malloc(VALUE_MAX + ID_SHIFT_ROOM);
	ssize_t len = value ? list_read(from_fd, &list) : -ENOMEM;

	for (ssize_t at = 0; at < len; at += (ssize_t)strlen(list + at) + 1) {
		ssize_t size;

		if (is_foreign(list + at))
			continue;
		size = fgetxattr(from_fd, list + at, value, VALUE_MAX);
		if (size >= 0 && shift)
			size = id_shift_xattr(shift, list + at, value, (size_t)size);
		if (size == -EOVERFLOW)
			continue;
		if (size < 0 || fsetxattr(to_fd, list + at, value, (size_t)size, 0) < 0)
			return -errno;
	}
	return len < 0 ? (int)len : xattrs_remove(to_fd, list, len);
}

/* The owner first, for a change of it takes set-id bits and capabilities away; times last, for
 * everything before changes them. */
int attributes_copy(int from_fd, int to_fd, const struct stat *st, const struct id_shift *shift)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	int r;

	FAULT("chown");
	if (fchown(to_fd, st->st_uid, st->st_gid) < 0)
		return -errno;
	r = xattrs_copy(from_fd, to_fd, shift);
	if (r < 0)
		return r;
	if (fchmod(to_fd, st->st_mode & 07777) < 0)
		return -errno;
	return futimens(to_fd, times) < 0 ? -errno : 0;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool stats_differ(const struct stat *a, const struct stat *b)
{
	if (a->st_mode != b->st_mode || a->st_uid != b->st_uid || a->st_gid != b->st_gid)
		return true;
	if (S_ISDIR(a->st_mode))
		return false;
	return a->st_size != b->st_size || a->st_rdev != b->st_rdev ||
	       !is_same_time(&a->st_mtim, &b->st_mtim);
}

/* Is everything that `a_fd` has also there, and the same? */
static int xattrs_missing(int a_fd, int b_fd)
{
	AUTO_FREE char *list = NULL;
	AUTO_FREE char *values = malloc((size_t)2 * VALUE_MAX);
	ssize_t len = values ? list_read(a_fd, &list) : -ENOMEM;

	for (ssize_t at = 0; at < len; at += (ssize_t)strlen(list + at) + 1) {
		ssize_t a;
		ssize_t b;

		if (is_foreign(list + at))
			continue;
		a = fgetxattr(a_fd, list + at, values, VALUE_MAX);
		b = fgetxattr(b_fd, list + at, values + VALUE_MAX, VALUE_MAX);
		if (a < 0)
			return -errno;
		if (a != b || memcmp(values, values + VALUE_MAX, (size_t)a) != 0)
			return 1;
	}
	return len < 0 ? (int)len : 0;
}

int xattrs_differ(int a_fd, int b_fd)
{
	int r = xattrs_missing(a_fd, b_fd);

	return r != 0 ? r : xattrs_missing(b_fd, a_fd);
}
