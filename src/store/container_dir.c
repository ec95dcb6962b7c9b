/*
 * See container_dir.h.
 *
 * Runs in: cli (engine).
 */
#include "store/container_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"

#define MARK_SUFFIX ".changing"

enum { MAKE_TRIES = 16, DELETE_TRIES = 8 };

void container_path(char path[CONTAINER_PATH_SIZE], const char *place, const char *id,
		    const char *name)
{
	(void)snprintf(path, CONTAINER_PATH_SIZE, "%s/%s%s%s", place, id, name ? "/" : "",
		       name ? name : "");
}

bool container_dir_exists(const struct state *state, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	/* Pending first: a container that is being published is in one of the two whenever we
	 * look in this order. */
	container_path(path, DIR_PENDING, id, NULL);
	if (faccessat(state->root_fd, path, F_OK, 0) == 0)
		return true;
	container_path(path, DIR_CONTAINERS, id, NULL);
	return faccessat(state->root_fd, path, F_OK, 0) == 0;
}

bool container_dir_is_published(const struct state *state, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	container_path(path, DIR_CONTAINERS, id, NULL);
	return faccessat(state->root_fd, path, F_OK, 0) == 0;
}

static int lock_open(int dir_fd, int flags, int operation)
{
	AUTO_CLOSE int fd =
		openat(dir_fd, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	int r = fd < 0 ? -errno : file_flock(fd, operation);

	return r < 0 ? r : fd_take(&fd);
}

/* One try to make and lock pending/ID. -EAGAIN: somebody took it for debris between mkdir and
 * flock; take another id. */
static int make_once(const struct state *state, struct container_dir *dir)
{
	AUTO_CLOSE int fd = -EBADF;
	AUTO_CLOSE int lock_fd = -EBADF;
	char path[CONTAINER_PATH_SIZE];
	struct stat st;
	int r = id_make(dir->id);

	if (r < 0)
		return r;
	container_path(path, DIR_PENDING, dir->id, NULL);
	FAULT("mkdir");
	if (mkdirat(state->root_fd, path, 0700) < 0)
		return -errno;
	fd = openat(state->root_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	lock_fd = lock_open(fd, O_CREAT, LOCK_EX | LOCK_NB);
	if (lock_fd == -EWOULDBLOCK || lock_fd == -ENOENT)
		return -EAGAIN;
	if (lock_fd < 0) {
		(void)unlinkat(state->root_fd, path, AT_REMOVEDIR);
		return lock_fd;
	}
	if (fstat(lock_fd, &st) < 0)
		return -errno;
	if (st.st_nlink == 0)
		return -EAGAIN;
	dir->fd = fd_take(&fd);
	dir->lock_fd = fd_take(&lock_fd);
	return 0;
}

int container_dir_make(const struct state *state, struct container_dir *ret, struct err *e)
{
	int r = -EAGAIN;

	*ret = (struct container_dir){ .fd = -EBADF, .lock_fd = -EBADF };
	for (int i = 0; i < MAKE_TRIES && r == -EAGAIN; i++)
		r = make_once(state, ret);
	return r < 0 ? err_sys(e, r, "make a directory in %s/" DIR_PENDING, state->root) : 0;
}

/* Is the lock still that of PLACE/ID? While we waited the directory may have been moved or
 * removed. */
static bool lock_is_at(const struct state *state, const char *place, const char *id,
		       int lock_fd)
{
	char path[CONTAINER_PATH_SIZE];
	struct stat held;
	struct stat there;

	container_path(path, place, id, "lock");
	return fstat(lock_fd, &held) == 0 &&
	       fstatat(state->root_fd, path, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       held.st_ino == there.st_ino && held.st_dev == there.st_dev;
}

int container_dir_lock(const struct state *state, const char *place, const char *id,
		       bool is_waiting, struct container_dir *ret)
{
	AUTO_CLOSE int fd = -EBADF;
	AUTO_CLOSE int lock_fd = -EBADF;
	char path[CONTAINER_PATH_SIZE];

	*ret = (struct container_dir){ .fd = -EBADF, .lock_fd = -EBADF };
	container_path(path, place, id, NULL);
	fd = openat(state->root_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	lock_fd = lock_open(fd, O_CREAT, LOCK_EX | (is_waiting ? 0 : LOCK_NB));
	if (lock_fd < 0)
		return lock_fd;
	if (!lock_is_at(state, place, id, lock_fd))
		return -ENOENT;
	(void)str_copy(ret->id, sizeof(ret->id), id);
	ret->fd = fd_take(&fd);
	ret->lock_fd = fd_take(&lock_fd);
	ret->is_published = strcmp(place, DIR_CONTAINERS) == 0;
	return 0;
}

void container_dir_close(struct container_dir *dir)
{
	dir->fd = fd_close(dir->fd);
	dir->lock_fd = fd_close(dir->lock_fd);
}

static int place_sync(const struct state *state, const char *place)
{
	AUTO_CLOSE int fd = openat(state->root_fd, place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	FAULT("fsync");
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int place_move(const struct state *state, const char *id, const char *from,
		      const char *to)
{
	char old_path[CONTAINER_PATH_SIZE];
	char new_path[CONTAINER_PATH_SIZE];

	container_path(old_path, from, id, NULL);
	container_path(new_path, to, id, NULL);
	FAULT("rename");
	return renameat(state->root_fd, old_path, state->root_fd, new_path) < 0 ? -errno : 0;
}

int container_dir_publish(const struct state *state, struct container_dir *dir, bool is_durable,
			  struct err *e)
{
	int r = place_move(state, dir->id, DIR_PENDING, DIR_CONTAINERS);

	if (r < 0)
		return err_sys(e, r, "publish container %.12s", dir->id);
	dir->is_published = true;
	r = is_durable ? place_sync(state, DIR_CONTAINERS) : 0;
	if (r == 0)
		return 0;
	/* Told as failed, so it is not there. */
	(void)container_dir_unpublish(state, dir, NULL);
	return err_sys(e, r, "sync %s/" DIR_CONTAINERS, state->root);
}

int container_dir_unpublish(const struct state *state, struct container_dir *dir, struct err *e)
{
	int r = place_move(state, dir->id, DIR_CONTAINERS, DIR_PENDING);

	if (r < 0)
		return err_sys(e, r, "unpublish container %.12s", dir->id);
	dir->is_published = false;
	return 0;
}

int container_dir_keep_volumes(const struct container_dir *dir, bool is_keeping, struct err *e)
{
	if (container_dir_keeps_volumes(dir) == is_keeping)
		return 0;
	FAULT("chmod");
	return fchmod(dir->fd, is_keeping ? 0700 | S_ISVTX : 0700) < 0
		       ? err_sys(e, errno, "mark the directory of container %.12s", dir->id)
		       : 0;
}

bool container_dir_keeps_volumes(const struct container_dir *dir)
{
	struct stat st;

	return fstat(dir->fd, &st) == 0 && (st.st_mode & S_ISVTX);
}

bool container_dir_is_going(const struct state *state, const char *id)
{
	char path[CONTAINER_PATH_SIZE];
	struct stat st;

	container_path(path, DIR_PENDING, id, NULL);
	return fstatat(state->root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mode & S_ISUID);
}

/* Whether it keeps its volumes stays to be seen, for whoever has to go on with this. */
static int mark_going(int dir_fd)
{
	struct stat st;

	return fstat(dir_fd, &st) < 0 || fchmod(dir_fd, (st.st_mode & 07777) | S_ISUID) < 0
		       ? -errno
		       : 0;
}

int container_dir_delete(const struct state *state, struct container_dir *dir, struct err *e)
{
	char path[CONTAINER_PATH_SIZE];
	int r = FAULT_OR("chmod", mark_going(dir->fd));

	if (r < 0)
		return err_sys(e, r, "mark the directory of container %.12s", dir->id);
	container_path(path, DIR_PENDING, dir->id, NULL);
	/* Somebody who looks for debris makes the lock again just after it was deleted: that
	 * one is deleted too. */
	for (int i = 0; i < DELETE_TRIES; i++) {
		r = dir_remove(state->root_fd, path);
		if (r != -ENOTEMPTY)
			break;
	}
	return r < 0 ? err_sys(e, r, "remove %s/%s", state->root, path) : 0;
}

/* The id in the name of a mark; false for every other file. */
static bool mark_read(const char *name, char id[ID_SIZE])
{
	if (!str_ends(name, MARK_SUFFIX) || strlen(name) != ID_LEN + strlen(MARK_SUFFIX))
		return false;
	memcpy(id, name, ID_LEN);
	id[ID_LEN] = '\0';
	return id_is_valid(id);
}

int container_dir_mark(const struct state *state, const char *id, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char path[CONTAINER_PATH_SIZE];

	(void)snprintf(path, sizeof(path), DIR_PENDING "/%s" MARK_SUFFIX, id);
	FAULT("mark");
	fd = openat(state->root_fd, path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(e, errno, "mark container %.12s as being changed", id) : 0;
}

int container_dir_unmark(const struct state *state, const char *id)
{
	char path[CONTAINER_PATH_SIZE];

	(void)snprintf(path, sizeof(path), DIR_PENDING "/%s" MARK_SUFFIX, id);
	FAULT("unlink");
	return unlinkat(state->root_fd, path, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* `ret_marked` NULL: not wanted. */
static int list_place(const struct state *state, const char *place, struct arena *arena,
		      struct strv *ret, struct strv *ret_marked, struct err *e)
{
	int fd = openat(state->root_fd, place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	char id[ID_SIZE];
	DIR *dir;

	if (fd < 0)
		return err_sys(e, errno, "open %s/%s", state->root, place);
	dir = fdopendir(fd);
	if (!dir) {
		(void)fd_close(fd);
		return err_sys(e, ENOMEM, "list %s/%s", state->root, place);
	}
	while ((entry = readdir(dir))) {
		if (id_is_valid(entry->d_name))
			strv_add(ret, arena, entry->d_name);
		else if (ret_marked && mark_read(entry->d_name, id))
			strv_add(ret_marked, arena, id);
	}
	(void)closedir(dir);
	return arena_ok(arena);
}

int container_dir_list(const struct state *state, const char *place, struct arena *arena,
		       struct strv *ret, struct err *e)
{
	return list_place(state, place, arena, ret, NULL, e);
}

int container_dir_list_unfinished(const struct state *state, struct arena *arena,
				  struct strv *ret_pending, struct strv *ret_marked,
				  struct err *e)
{
	return list_place(state, DIR_PENDING, arena, ret_pending, ret_marked, e);
}
