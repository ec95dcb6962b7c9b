/*
 * See partial.h.
 *
 * Runs in: cli (engine).
 */
#include "image/partial.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "image/blob.h"

/* Each file of the directory. */
typedef int partial_each(void *context, int dir_fd, const char *name, const struct stat *st,
			 struct err *e);

static int partial_walk(const struct state *state, partial_each *each, void *context,
			struct err *e)
{
	int fd = openat(state->root_fd, BLOB_PARTIAL, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int result = 0;

	if (fd < 0)
		return errno == ENOENT
			       ? 0
			       : err_sys(e, errno, "open %s/%s", state->root, BLOB_PARTIAL);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a directory");
	}
	while ((entry = readdir(dir))) {
		int r;

		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		r = each(context, dirfd(dir), entry->d_name, &st, e);
		if (r < 0 && result == 0)
			result = r;
	}
	(void)closedir(dir);
	return result;
}

struct partial_removal {
	uint64_t before_ns; /* wall clock: what was written later stays */
	uint64_t bytes;
};

static bool is_there(int dir_fd, const char *name, const struct stat *st)
{
	struct stat now;

	return fstatat(dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == st->st_ino;
}

static int partial_remove_one(void *context, int dir_fd, const char *name,
			      const struct stat *st, struct err *e)
{
	struct partial_removal *removal = context;
	uint64_t written_ns = (uint64_t)st->st_mtim.tv_sec * 1000000000;
	AUTO_CLOSE int fd = -EBADF;

	if (written_ns > removal->before_ns)
		return 0;
	fd = openat(dir_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	/* Somebody fetches it, or has finished and it is another one now. */
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || !is_there(dir_fd, name, st))
		return 0;
	FAULT("unlink");
	if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
		return err_sys(e, errno, "remove %s/%s", BLOB_PARTIAL, name);
	removal->bytes += (uint64_t)st->st_blocks * 512;
	return 0;
}

int partial_remove(const struct state *state, uint64_t age_ns, uint64_t *ret_bytes,
		   struct err *e)
{
	struct partial_removal removal = { .before_ns = clock_wall_ns() - age_ns };
	int r = partial_walk(state, partial_remove_one, &removal, e);

	if (ret_bytes)
		*ret_bytes += removal.bytes;
	return r;
}

static int partial_measure_one(void *context, int dir_fd, const char *name,
			       const struct stat *st, struct err *e)
{
	struct partial_usage *usage = context;

	(void)dir_fd;
	(void)name;
	(void)e;
	usage->count++;
	usage->bytes += (uint64_t)st->st_blocks * 512;
	return 0;
}

int partial_measure(const struct state *state, struct partial_usage *ret, struct err *e)
{
	*ret = (struct partial_usage){ 0 };
	return partial_walk(state, partial_measure_one, ret, e);
}
