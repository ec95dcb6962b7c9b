/*
 * See tree_copy.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/tree_copy.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/link_table.h"
#include "base/str.h"
#include "engine/tree_attributes.h"
#include "linux/whiteout.h"

enum { COPY_CHUNK = 1 << 24, LINK_MAX_LEN = 4096 };

struct copy {
	int to_root;		 /* hard links are made by paths below it */
	struct str path;	 /* of the directory at work, relative to it: "" or "a/b/" */
	struct link_table links; /* of this source only: no path goes through a link */
	bool is_layer;
	const struct id_shift *shift; /* NULL: none */
	struct err *e;
};

/* --- files ------------------------------------------------------------------------------- */

static int range_copy(int from, int to, off_t begin, off_t end)
{
	if (lseek(to, begin, SEEK_SET) < 0)
		return -errno;
	while (begin < end) {
		off_t left = end - begin;
		ssize_t n = sendfile(to, from, &begin,
				     left < COPY_CHUNK ? (size_t)left : COPY_CHUNK);

		if (n <= 0)
			return n < 0 ? -errno : 0; /* it has become shorter */
	}
	return 0;
}

/* Only what is data; what lies between stays a hole. */
static int content_copy(int from, int to, off_t size)
{
	int r = 0;

	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	if (ftruncate(to, size) < 0)
		return -errno;
	for (off_t at = 0; at < size && r == 0;) {
		off_t data = lseek(from, at, SEEK_DATA);
		off_t hole = data < 0 ? -1 : lseek(from, data, SEEK_HOLE);

		if (data < 0 || data >= size)
			return data < 0 && errno != ENXIO ? -errno : 0;
		at = hole < 0 || hole > size ? size : hole;
		r = range_copy(from, to, data, at);
	}
	return r;
}

static int file_copy(const struct copy *c, int from_dir, const char *name, int to_dir,
		     const struct stat *st)
{
	AUTO_CLOSE int from = openat(from_dir, name,
				     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	AUTO_CLOSE int to = -EBADF;
	int r;

	FAULT("open");
	if (from < 0)
		return -errno;
	to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	r = content_copy(from, to, st->st_size);
	return r < 0 ? r : attributes_copy(from, to, st, c->shift);
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

/* Another name of a file that was copied already: returns 1 when it is one. */
static int link_copy(struct copy *c, int to_dir, const char *name, const struct stat *st)
{
	size_t len = c->path.len;
	const char *first;

	if (st->st_nlink < 2 || S_ISSOCK(st->st_mode))
		return 0;
	str_add(&c->path, name);
	if (str_ok(&c->path) < 0)
		return -ENOMEM;
	first = link_table_find(&c->links, st, str_text(&c->path));
	c->path.len = len;
	c->path.data[len] = '\0';
	/* A path that is too long is copied instead. */
	return first && linkat(c->to_root, first, to_dir, name, 0) == 0;
}

static int leaf_copy(struct copy *c, int from_fd, const char *name, int to_fd,
		     const struct stat *st)
{
	int r = c->is_layer ? dir_remove(to_fd, name) : 0;

	if (r < 0 || (c->is_layer && whiteout_is_at(from_fd, name, st)))
		return r;
	r = link_copy(c, to_fd, name, st);
	if (r != 0)
		return r < 0 ? r : 0;
	return S_ISREG(st->st_mode) ? file_copy(c, from_fd, name, to_fd, st)
				    : special_copy(from_fd, name, to_fd, st);
}

/* --- directories ------------------------------------------------------------------------- */

static int directory_copy(struct copy *c, int from_fd, int to_fd, int depth);

/* Make the directory, or, for a layer, join the one that is there. */
static int directory_make(struct copy *c, int from_fd, int to_fd, const char *name)
{
	struct stat st;
	int r = 0;

	if (c->is_layer && fstatat(to_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (S_ISDIR(st.st_mode) && !whiteout_is_opaque(from_fd))
			return 0;
		r = dir_remove(to_fd, name);
	}
	if (r == 0 && mkdirat(to_fd, name, 0700) < 0)
		r = -errno;
	return r;
}

static int subdirectory_copy(struct copy *c, int from_fd, const char *name, int to_fd,
			     int depth)
{
	AUTO_CLOSE int from =
		openat(from_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_CLOSE int to = -EBADF;
	size_t len = c->path.len;
	int r = from < 0 ? -errno : directory_make(c, from, to_fd, name);

	if (r == 0) {
		to = openat(to_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = to < 0 ? -errno : 0;
	}
	if (r < 0)
		return err_sys(c->e, r, "copy directory %s", name);
	str_printf(&c->path, "%s/", name);
	r = directory_copy(c, from, to, depth + 1);
	c->path.len = len;
	c->path.data[len] = '\0';
	return r < 0 ? err_wrap(c->e, r, "%s", name) : 0;
}

static int entry_copy(struct copy *c, int from_fd, const char *name, int to_fd, int depth)
{
	struct stat st;
	int r;

	if (fstatat(from_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(c->e, errno, "look at %s", name);
	if (c->shift)
		id_shift_stat(c->shift, &st);
	if (S_ISDIR(st.st_mode) && depth >= TREE_DEPTH_MAX)
		return err_set(c->e, ERR_INVALID, -ELOOP, "%s: more than %d directories deep",
			       name, TREE_DEPTH_MAX);
	if (S_ISDIR(st.st_mode))
		return subdirectory_copy(c, from_fd, name, to_fd, depth);
	r = leaf_copy(c, from_fd, name, to_fd, &st);
	return r < 0 ? err_sys(c->e, r, "copy %s", name) : 0;
}

static int directory_copy(struct copy *c, int from_fd, int to_fd, int depth)
{
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int fd = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return err_sys(c->e, errno, "open a directory");
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_sys(c->e, ENOMEM, "open a directory");
	}
	while (r == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = entry_copy(c, from_fd, entry->d_name, to_fd, depth);
	(void)closedir(dir);
	if (r < 0)
		return r;
	if (fstat(from_fd, &st) < 0)
		return err_sys(c->e, errno, "look at a directory");
	if (c->shift)
		id_shift_stat(c->shift, &st);
	r = attributes_copy(from_fd, to_fd, &st, c->shift);
	return r < 0 ? err_sys(c->e, r, "copy the attributes of a directory") : 0;
}

static int copy_run(struct copy c, int from_fd)
{
	int r;

	str_add(&c.path, "");
	r = str_ok(&c.path) < 0 ? err_sys(c.e, ENOMEM, "copy a directory")
				: directory_copy(&c, from_fd, c.to_root, 0);
	str_done(&c.path);
	link_table_done(&c.links);
	return r;
}

int tree_copy(int from_fd, int to_fd, const struct id_shift *shift, struct err *e)
{
	return copy_run((struct copy){ .to_root = to_fd, .shift = shift, .e = e }, from_fd);
}

int tree_apply(int from_fd, int to_fd, const struct id_shift *shift, struct err *e)
{
	const struct copy c = { .to_root = to_fd, .is_layer = true, .shift = shift, .e = e };

	return copy_run(c, from_fd);
}
