/*
 * Filling a volume that was there and is empty, as docker does: `hoy volume create data` comes
 * before `hoy run -v data:/DEST`.
 *
 * Containers may run on it already, so its directory must stay the same one. What the image has
 * is copied beside it first, and then moved into it name by name. A mark in the volume's
 * directory says that this has begun: when somebody was killed the next one goes on.
 *
 * Runs in: cli (engine).
 * See: rename(2).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "engine/tree_attributes.h"
#include "engine/volume_store.h"
#include "image/work.h"

#define MARK "filling"

static DIR *names_open(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		(void)fd_close(fd);
	return dir;
}

static const char *names_next(DIR *dir)
{
	struct dirent *entry;

	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			return entry->d_name;
	return NULL;
}

/* Is there anything to do? Returns 1, 0 or -errno. */
static int is_unfilled(int volume_fd, int data_fd)
{
	DIR *dir = names_open(data_fd);
	bool is_empty;

	if (!dir)
		return -errno;
	is_empty = !names_next(dir);
	(void)closedir(dir);
	return is_empty || faccessat(volume_fd, MARK, F_OK, 0) == 0;
}

/* One that is in the volume under the name of one that comes from the image stays. */
static int move_all(int from_fd, int to_fd)
{
	DIR *dir = names_open(from_fd);
	const char *name;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (name = names_next(dir))) {
		r = FAULT_OR("rename",
			     renameat2(from_fd, name, to_fd, name, RENAME_NOREPLACE) < 0
				     ? -errno
				     : 0);
		if (r == -EEXIST)
			r = 0;
	}
	(void)closedir(dir);
	return r;
}

static int mark_make(int volume_fd)
{
	int fd = openat(volume_fd, MARK, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	(void)fd_close(fd);
	return 0;
}

/* The data lies on another file system, which is mounted over _data: nothing can be moved to it. */
static bool is_elsewhere(int data_fd, int volume_fd)
{
	struct stat data;
	struct stat volume;

	return fstat(data_fd, &data) == 0 && fstat(volume_fd, &volume) == 0 &&
	       data.st_dev != volume.st_dev;
}

static int fill_beside(const struct work *work, const struct volume_making *making,
		       int volume_fd, int data_fd, struct err *e)
{
	AUTO_CLOSE int staged_fd = -EBADF;
	struct stat st;
	int r;

	FAULT("mkdir");
	if (mkdirat(work->fd, "filling", 0755) < 0)
		return err_sys(e, errno, "make a directory");
	staged_fd =
		openat(work->fd, "filling", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (staged_fd < 0)
		return err_sys(e, errno, "open a directory");
	r = making->fill(making->context, staged_fd, e);
	if (r < 0)
		return r;
	if (fstat(staged_fd, &st) < 0)
		return err_sys(e, errno, "look at what the image has");
	r = mark_make(volume_fd);
	if (r == 0)
		r = move_all(staged_fd, data_fd);
	if (r == 0)
		r = attributes_copy(staged_fd, data_fd, &st, NULL);
	if (r == 0)
		r = FAULT_OR("unlink", unlinkat(volume_fd, MARK, 0) < 0 ? -errno : 0);
	return r < 0 ? err_sys(e, r, "move what the image has into it") : 0;
}

static int fill(const struct state *state, const struct volume_making *making, int volume_fd,
		int data_fd, struct err *e)
{
	AUTO_WORK struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	int r;

	if (is_elsewhere(data_fd, volume_fd))
		return making->fill(making->context, data_fd, e);
	r = work_begin(state, &work, e);
	return r < 0 ? r : fill_beside(&work, making, volume_fd, data_fd, e);
}

int volume_fill_empty(const struct state *state, const struct volume_making *making,
		      struct err *e)
{
	AUTO_CLOSE int volume_fd = -EBADF;
	AUTO_CLOSE int data_fd = -EBADF;
	char path[VOLUME_PATH_SIZE];
	int r;

	volume_path(path, making->name, NULL);
	volume_fd = openat(state->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (volume_fd >= 0)
		data_fd = openat(volume_fd, "_data", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (data_fd < 0)
		return err_sys(e, errno, "open the data directory of volume %s", making->name);
	r = is_unfilled(volume_fd, data_fd);
	if (r > 0) {
		/* One at a time; who had to wait finds it filled. */
		r = file_flock(volume_fd, LOCK_EX);
		if (r == 0)
			r = is_unfilled(volume_fd, data_fd);
	}
	if (r < 0)
		return err_sys(e, r, "look into volume %s", making->name);
	if (r > 0)
		r = making->open(making->context, e);
	if (r > 0)
		r = fill(state, making, volume_fd, data_fd, e);
	return r < 0 ? err_wrap(e, r, "fill volume %s from the image", making->name) : 0;
}
