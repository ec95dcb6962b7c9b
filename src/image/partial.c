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
#include "base/file.h"
#include "image/blob.h"

static bool is_there(int dir_fd, const char *name, const struct stat *st)
{
	struct stat now;

	return fstatat(dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == st->st_ino;
}

/* --- one --------------------------------------------------------------------------------- */

static int open_directory(const struct state *state, struct err *e)
{
	int r = dir_make(state->root_fd, BLOB_PARTIAL, 0700);
	int fd;

	if (r < 0)
		return err_sys(e, r, "make %s/%s", state->root, BLOB_PARTIAL);
	fd = openat(state->root_fd, BLOB_PARTIAL, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, errno, "open %s/%s", state->root, BLOB_PARTIAL) : fd;
}

/* Locked, and still the one of that name. */
static int open_locked(struct partial *partial, struct stat *st, struct err *e)
{
	FAULT("open");
	partial->fd = openat(partial->dir_fd, partial->name,
			     O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (partial->fd < 0 || fstat(partial->fd, st) < 0)
		return err_sys(e, errno, "open %s/%s", BLOB_PARTIAL, partial->name);
	if (flock(partial->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? -EAGAIN
			       : err_sys(e, errno, "lock %s/%s", BLOB_PARTIAL, partial->name);
	/* Whoever held it has finished, and it is a blob now. */
	return fstat(partial->fd, st) == 0 && is_there(partial->dir_fd, partial->name, st)
		       ? 0
		       : -EAGAIN;
}

static int partial_begin(struct partial *partial, const struct state *state, const char *digest,
			 uint64_t size, struct err *e)
{
	struct stat st;
	int r = open_locked(partial, &st, e);

	if (r < 0)
		return r;
	if (blob_exists(state, digest)) {
		(void)unlinkat(partial->dir_fd, partial->name, 0);
		return -EAGAIN;
	}
	if ((uint64_t)st.st_size > size) {
		if (ftruncate(partial->fd, 0) < 0)
			return err_sys(e, errno, "empty %s/%s", BLOB_PARTIAL, partial->name);
		st.st_size = 0;
	}
	partial->size = (uint64_t)st.st_size;
	return 0;
}

int partial_open(const struct state *state, const char *digest, uint64_t size,
		 struct partial *ret, struct err *e)
{
	struct partial partial = PARTIAL_NONE;
	int r;

	(void)str_copy(partial.name, sizeof(partial.name), digest_hex(digest));
	partial.dir_fd = open_directory(state, e);
	if (partial.dir_fd < 0)
		return partial.dir_fd;
	r = partial_begin(&partial, state, digest, size, e);
	if (r < 0)
		partial_close(&partial);
	else
		*ret = partial;
	return r;
}

void partial_close(struct partial *partial)
{
	partial->fd = fd_close(partial->fd);
	partial->dir_fd = fd_close(partial->dir_fd);
}

void partial_discard(struct partial *partial)
{
	if (partial->fd >= 0)
		(void)unlinkat(partial->dir_fd, partial->name, 0);
	partial_close(partial);
}

struct publish_blob partial_blob(const struct partial *partial)
{
	return (struct publish_blob){ .dir_fd = partial->dir_fd, .name = partial->name };
}

/* --- all of them ------------------------------------------------------------------------- */

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
