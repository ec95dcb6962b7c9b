/*
 * The directory of a container: made, found, locked, removed.
 *
 * A lock on a directory that was removed while we waited for it is no lock on anything: the
 * link count says so.
 *
 * Runs in: runtime.
 * See: flock(2).
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "oci/container.h"
#include "oci/container_state.h"

enum { MAKE_TRIES = 16 };

static int path_of(const struct oci *oci, const char *id, char path[PATH_MAX], struct err *e)
{
	int r = container_id_check(id, e);

	if (r < 0)
		return r;
	if (snprintf(path, PATH_MAX, "%s/%s", oci->root, id) >= PATH_MAX)
		return err_sys(e, ENAMETOOLONG, "container %.64s...", id);
	return 0;
}

static int dir_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Returns 0, -EWOULDBLOCK, or -ENOENT: it was removed meanwhile. */
static int dir_lock(int fd, int how)
{
	struct stat st;
	int r;

	do
		r = flock(fd, LOCK_EX | how);
	while (r < 0 && errno == EINTR);
	if (r < 0 || fstat(fd, &st) < 0)
		return -errno;
	return st.st_nlink > 0 ? 0 : -ENOENT;
}

static int refuse_existing(struct err *e)
{
	return err_set(e, ERR_CONFLICT, -EEXIST, "container with given ID already exists");
}

/* mkdir, and of the root with it. Returns 0 or -errno. */
static int dir_new(const struct oci *oci, const char *path)
{
	int r;

	FAULT("mkdir");
	r = mkdir(path, 0700) < 0 ? -errno : 0;
	if (r != -ENOENT)
		return r;
	r = dir_make(AT_FDCWD, oci->root, 0700);
	return r < 0 ? r : mkdir(path, 0700) < 0 ? -errno : 0;
}

int container_make(struct oci *oci, const char *id, struct oci_container *ret, struct err *e)
{
	char path[PATH_MAX];
	int r = path_of(oci, id, path, e);

	if (r < 0)
		return r;
	/* Another create or delete of the same id may come between any two calls. */
	for (int i = 0; i < MAKE_TRIES; i++) {
		AUTO_CLOSE int fd = -EBADF;

		r = dir_new(oci, path);
		if (r == -EEXIST) {
			r = container_remove_debris(oci, id, e);
			if (r == -EBUSY || r == -EEXIST)
				return refuse_existing(e);
			if (r < 0)
				return r;
			continue;
		}
		if (r < 0)
			return err_sys(e, r, "make %s", path);
		fd = dir_open(path);
		if (fd < 0 || dir_lock(fd, LOCK_NB) < 0)
			continue;
		*ret = (struct oci_container){ .id = id, .dir_fd = fd_take(&fd) };
		return 0;
	}
	return refuse_existing(e);
}

/* Whoever holds the lock of a directory without a state is creating it. */
static int lock_existing(int fd)
{
	int r = dir_lock(fd, LOCK_NB);

	if (r != -EWOULDBLOCK)
		return r;
	if (faccessat(fd, STATE_NAME, F_OK, 0) < 0)
		return -EBUSY;
	return dir_lock(fd, 0);
}

static int refuse_absent(struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, -ENOENT, "container does not exist");
}

/* Without a state: being created, or debris. */
static int open_stateless(int fd, enum container_lock lock, struct err *e)
{
	int r = lock == CONTAINER_LOCK ? 0 : dir_lock(fd, LOCK_NB);

	return r == -EWOULDBLOCK ? 0 : refuse_absent(e);
}

int container_open(struct oci *oci, const char *id, enum container_lock lock,
		   struct oci_container *ret, struct err *e)
{
	struct oci_container container = { .id = id };
	char path[PATH_MAX];
	AUTO_CLOSE int fd = -EBADF;
	int r = path_of(oci, id, path, e);

	if (r < 0)
		return r;
	fd = dir_open(path);
	r = fd < 0 ? fd : 0;
	if (r == 0 && lock == CONTAINER_LOCK)
		r = lock_existing(fd);
	if (r == -ENOENT || r == -ENOTDIR)
		return refuse_absent(e);
	if (r == -EBUSY)
		return err_set(e, ERR_CONFLICT, -EBUSY, "container %s is being created", id);
	if (r < 0)
		return err_sys(e, r, "open %s", path);
	r = state_read(oci, fd, &container.state, e);
	container.has_state = r == 0;
	if (r == -ENOENT)
		r = open_stateless(fd, lock, e);
	if (r < 0)
		return r;
	container.dir_fd = fd_take(&fd);
	*ret = container;
	return 0;
}

void container_close(struct oci_container *container)
{
	/* Zeroed memory is a container that was not opened. */
	if (container->dir_fd > 0)
		(void)fd_close(container->dir_fd);
	container->dir_fd = -EBADF;
}

void container_unlock(struct oci_container *container)
{
	(void)flock(container->dir_fd, LOCK_UN);
}

int container_lock(struct oci_container *container)
{
	return dir_lock(container->dir_fd, 0);
}

int container_remove(struct oci *oci, struct oci_container *container, struct err *e)
{
	char path[PATH_MAX];
	int r = path_of(oci, container->id, path, e);

	if (r < 0)
		return r;
	/* The state first: what is left if we are killed now is debris, not a container. */
	(void)FAULT_OR("unlink", unlinkat(container->dir_fd, STATE_NAME, 0));
	r = FAULT_OR("rmdir", dir_remove(AT_FDCWD, path));
	return r < 0 ? err_sys(e, r, "remove %s", path) : 0;
}

int container_remove_debris(struct oci *oci, const char *id, struct err *e)
{
	AUTO_CONTAINER struct oci_container container = { .id = id, .dir_fd = -EBADF };
	char path[PATH_MAX];
	int r = path_of(oci, id, path, e);

	if (r < 0)
		return r;
	container.dir_fd = dir_open(path);
	r = container.dir_fd < 0 ? container.dir_fd : dir_lock(container.dir_fd, LOCK_NB);
	if (r == -ENOENT)
		return 0;
	if (r == -EWOULDBLOCK)
		return err_set(e, ERR_CONFLICT, -EBUSY, "container %s is in use", id);
	if (r < 0)
		return err_sys(e, r, "open %s", path);
	if (faccessat(container.dir_fd, STATE_NAME, F_OK, 0) == 0)
		return err_set(e, ERR_CONFLICT, -EEXIST, "container %s exists", id);
	r = debris_remove_cgroup(oci, &container, e);
	return r < 0 ? r : container_remove(oci, &container, e);
}
