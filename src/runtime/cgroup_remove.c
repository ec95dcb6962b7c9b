/*
 * Removing control groups: the container's with everything that it made below it, and the
 * instance's empty parent.
 *
 * rmdir first, look only when it fails: nearly always there is nothing below, and reading a
 * directory of control files costs more than removing it.
 *
 * Runs in: cli (engine), runtime.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"

enum { REMOVE_DEPTH_MAX = 32, REMOVE_TRIES = 20, PARENT_TRIES = 100, PARENT_STEP_NS = 2000000 };

static int remove_below(int dir_fd, const char *name, int depth);

static int remove_children(int take_dir_fd, int depth)
{
	DIR *dir = fdopendir(take_dir_fd);
	struct dirent *entry;
	int result = 0;

	if (!dir) {
		result = -errno;
		(void)fd_close(take_dir_fd);
		return result;
	}
	while ((entry = readdir(dir))) {
		int r;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		r = remove_below(dirfd(dir), entry->d_name, depth + 1);
		if (r < 0)
			result = r;
	}
	(void)closedir(dir);
	return result;
}

static int remove_below(int dir_fd, const char *name, int depth)
{
	int fd;
	int r;

	FAULT("rmdir");
	if (unlinkat(dir_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -errno;
	fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	r = depth < REMOVE_DEPTH_MAX ? remove_children(fd, depth) : -ELOOP;
	if (r < 0)
		return r;
	return unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

/* A process that was just reaped may hold its group for a moment longer: there is no event for
 * the end of that. */
static int remove_patiently(const char *path)
{
	const struct timespec pause = { .tv_nsec = 500 * 1000 };
	int r = remove_below(AT_FDCWD, path, 0);

	for (int i = 0; r == -EBUSY && i < REMOVE_TRIES; i++) {
		char pids[2];
		int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		int n = fd < 0 ? 0 : cgroup_read(fd, "cgroup.procs", pids, sizeof(pids));

		(void)fd_close(fd);
		if (n > 0)
			break;
		(void)nanosleep(&pause, NULL);
		r = remove_below(AT_FDCWD, path, 0);
	}
	return r;
}

int cgroup_remove(struct cgroup *cgroup, struct err *e)
{
	char path[CGROUP_PATH_MAX];
	int result = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		struct cgroup_hierarchy *h = &cgroup->hierarchies[i];
		int r = cgroup_host_path(h, cgroup->path, path, sizeof(path));

		h->fd = fd_close(h->fd);
		if (r == 0)
			r = remove_patiently(path);
		if (r < 0 && result == 0)
			result = err_sys(e, r, "remove cgroup %s", path);
	}
	return result;
}

void cgroup_remove_new(const struct cgroup *cgroup)
{
	char path[CGROUP_PATH_MAX];

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cgroup_hierarchy *h = &cgroup->hierarchies[i];

		if (h->fd >= 0 && !h->was_there &&
		    cgroup_host_path(h, cgroup->path, path, sizeof(path)) == 0)
			(void)rmdir(path);
	}
}

/* Monitors, and hoy-dns, may be on their way out of it still. */
static int rmdir_settling(const char *path)
{
	const struct timespec step = { .tv_nsec = PARENT_STEP_NS };
	int r = rmdir(path);

	for (int i = 0; i < PARENT_TRIES && r < 0 && errno == EBUSY; i++) {
		(void)nanosleep(&step, NULL);
		r = rmdir(path);
	}
	return r;
}

void cgroup_remove_parent(const char *parent)
{
	static const char *const below[] = { "/_monitor", "", ".new" };
	struct cgroup cgroup = { 0 };
	char path[CGROUP_PATH_MAX];
	char suffixed[CGROUP_PATH_MAX];

	if (cgroup_hierarchies_read(&cgroup, NULL) < 0)
		return;
	for (size_t i = 0; i < cgroup.count; i++) {
		for (size_t k = 0; k < sizeof(below) / sizeof(below[0]); k++) {
			int n = snprintf(suffixed, sizeof(suffixed), "%s%s", parent, below[k]);

			if (n < (int)sizeof(suffixed) &&
			    cgroup_host_path(&cgroup.hierarchies[i], suffixed, path,
					     sizeof(path)) == 0)
				(void)rmdir_settling(path);
		}
	}
}
