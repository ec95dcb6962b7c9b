/*
 * See tree_diff.h.
 *
 * A directory is made in `upper` only when something below it, or it itself, has changed.
 *
 * Runs in: cli (engine).
 */
#include "engine/tree_diff.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "engine/tree_attributes.h"
#include "engine/tree_copy.h"
#include "linux/whiteout.h"

enum { LINK_MAX_LEN = 4096 };

/* A directory at work. */
struct level {
	const struct level *parent; /* NULL: the root */
	const char *name;
	int before_fd; /* -1: it was not there, or something else was */
	int now_fd;
	int *upper_fd; /* -EBADF: not needed yet */
	struct err *e;
};

static int level_diff(const struct level *level, int depth);

static int directory_open(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The upper directory of this level, with all above it. Returns it, borrowed, or -errno. */
static int level_upper(const struct level *level)
{
	int above;

	if (*level->upper_fd >= 0)
		return *level->upper_fd;
	above = level_upper(level->parent);
	if (above < 0)
		return above;
	if (mkdirat(above, level->name, 0700) < 0)
		return -errno;
	*level->upper_fd = directory_open(above, level->name);
	return *level->upper_fd;
}

/* --- leaves ------------------------------------------------------------------------------ */

static int leaf_take(const struct level *level, const char *name, const struct stat *st)
{
	int upper;

	/* A layer has no sockets, and what looks like a whiteout would be one. */
	if (S_ISSOCK(st->st_mode) || whiteout_is_at(level->now_fd, name, st))
		return 0;
	upper = level_upper(level);
	if (upper < 0)
		return upper;
	return linkat(level->now_fd, name, upper, name, 0) < 0 ? -errno : 0;
}

static int links_differ(const struct level *level, const char *name)
{
	char before[LINK_MAX_LEN];
	char now[LINK_MAX_LEN];
	ssize_t a = readlinkat(level->before_fd, name, before, sizeof(before));
	ssize_t b = readlinkat(level->now_fd, name, now, sizeof(now));

	return a < 0 || b < 0 ? -errno : a != b || memcmp(before, now, (size_t)a) != 0;
}

static int files_differ(const struct level *level, const char *name)
{
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	AUTO_CLOSE int before = openat(level->before_fd, name, flags);
	AUTO_CLOSE int now = openat(level->now_fd, name, flags);

	return before < 0 || now < 0 ? -errno : xattrs_differ(before, now);
}

static int leaf_diff(const struct level *level, const char *name, const struct stat *st)
{
	struct stat old;
	int r = 1;

	if (level->before_fd >= 0 &&
	    fstatat(level->before_fd, name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !stats_differ(&old, st))
		r = S_ISLNK(st->st_mode)   ? links_differ(level, name)
		    : S_ISREG(st->st_mode) ? files_differ(level, name)
					   : 0;
	return r > 0 ? leaf_take(level, name, st) : r;
}

/* --- directories ------------------------------------------------------------------------- */

static int attributes_differ(const struct level *level)
{
	struct stat before;
	struct stat now;

	if (level->before_fd < 0)
		return 1;
	if (fstat(level->before_fd, &before) < 0 || fstat(level->now_fd, &now) < 0)
		return -errno;
	return stats_differ(&before, &now) ? 1 : xattrs_differ(level->before_fd, level->now_fd);
}

/* Last, when nothing more is made in it. */
static int level_finish(const struct level *level)
{
	struct stat st;
	int differs = attributes_differ(level);
	int r = differs > 0 ? level_upper(level) : differs;

	if (r < 0 || *level->upper_fd < 0)
		return r < 0 ? r : 0;
	return fstat(level->now_fd, &st) < 0
		       ? -errno
		       : attributes_copy(level->now_fd, *level->upper_fd, &st, NULL);
}

static int directory_diff(const struct level *parent, const char *name, int depth)
{
	AUTO_CLOSE int upper_fd = -EBADF;
	AUTO_CLOSE int before_fd =
		parent->before_fd < 0 ? -1 : directory_open(parent->before_fd, name);
	AUTO_CLOSE int now_fd = directory_open(parent->now_fd, name);
	const struct level level = { .parent = parent,
				     .name = name,
				     .before_fd = before_fd,
				     .now_fd = now_fd,
				     .upper_fd = &upper_fd,
				     .e = parent->e };
	int r;

	if (now_fd < 0)
		return err_sys(parent->e, now_fd, "open directory %s", name);
	if (depth > TREE_DEPTH_MAX)
		return err_set(parent->e, ERR_INVALID, -ELOOP,
			       "%s: more than %d directories deep", name, TREE_DEPTH_MAX);
	r = level_diff(&level, depth);
	if (r < 0)
		return err_wrap(parent->e, r, "%s", name);
	r = level_finish(&level);
	return r < 0 ? err_sys(parent->e, r, "compare directory %s", name) : 0;
}

static int absence_note(const struct level *level, const char *name)
{
	int upper = level_upper(level);

	return upper < 0 ? upper : whiteout_make(upper, name);
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* `each` for what is in the directory. */
static int entries_each(int dir_fd, const struct level *level, int depth,
			int (*each)(const struct level *level, const char *name, int depth))
{
	int fd = directory_open(dir_fd, ".");
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		(void)fd_close(fd);
		return err_sys(level->e, fd < 0 ? fd : ENOMEM, "open a directory");
	}
	while (r == 0 && (entry = readdir(dir)))
		if (!is_dots(entry->d_name))
			r = each(level, entry->d_name, depth);
	(void)closedir(dir);
	return r;
}

static int entry_now(const struct level *level, const char *name, int depth)
{
	struct stat st;
	int r;

	if (fstatat(level->now_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(level->e, errno, "look at %s", name);
	if (S_ISDIR(st.st_mode))
		return directory_diff(level, name, depth + 1);
	r = leaf_diff(level, name, &st);
	return r < 0 ? err_sys(level->e, r, "compare %s", name) : 0;
}

static int entry_before(const struct level *level, const char *name, int depth)
{
	struct stat st;
	int r;

	(void)depth;
	if (fstatat(level->now_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	r = errno == ENOENT ? absence_note(level, name) : -errno;
	return r < 0 ? err_sys(level->e, r, "note that %s is gone", name) : 0;
}

static int level_diff(const struct level *level, int depth)
{
	int r = entries_each(level->now_fd, level, depth, entry_now);

	return r < 0 || level->before_fd < 0
		       ? r
		       : entries_each(level->before_fd, level, depth, entry_before);
}

int tree_diff(int before_fd, int now_fd, int upper_fd, struct err *e)
{
	const struct level level = {
		.before_fd = before_fd, .now_fd = now_fd, .upper_fd = &upper_fd, .e = e
	};
	int r = level_diff(&level, 0);

	if (r < 0)
		return r;
	r = level_finish(&level);
	return r < 0 ? err_sys(e, r, "compare the root directories") : 0;
}
