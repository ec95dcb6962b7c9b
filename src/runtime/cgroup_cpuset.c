/*
 * See cgroup_cpuset.h.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup-v1/cpusets.rst in the kernel's documentation, "cgroup.clone_children".
 */
#include "runtime/cgroup_cpuset.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "runtime/cgroup_file.h"

static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };

/* Give a group what it has nothing of from the one above it. */
static int cpuset_copy(int above_fd, int fd, struct err *e)
{
	char value[CGROUP_VALUE_MAX];
	int r = 0;

	for (size_t i = 0; i < 2 && r == 0; i++) {
		r = cgroup_read(fd, files[i], value, sizeof(value));
		if (r > 0) {
			r = 0;
			continue;
		}
		if (r == 0)
			r = cgroup_read(above_fd, files[i], value, sizeof(value));
		if (r < 0)
			return err_sys(e, r, "read %s", files[i]);
		r = cgroup_write(fd, files[i], value, e);
	}
	return r;
}

/* What new groups need before a process may join them: clone_children hands it down by itself. */
static int cpuset_inherit(int above_fd, int fd, struct err *e)
{
	int r = cgroup_write(fd, "cgroup.clone_children", "1", e);

	return r < 0 ? r : cpuset_copy(above_fd, fd, e);
}

int cpuset_parent_create(const char *path, struct err *e)
{
	char unready[CGROUP_PATH_MAX];
	char above[CGROUP_PATH_MAX];
	int r;

	(void)snprintf(above, sizeof(above), "%.*s", (int)(strrchr(path, '/') - path), path);
	if (snprintf(unready, sizeof(unready), "%s.new", path) >= (int)sizeof(unready))
		return err_sys(e, ENAMETOOLONG, "mkdir %s", path);
	FAULT("mkdir");
	r = mkdir(unready, 0755) < 0 ? -errno : 0;
	if (r < 0 && r != -EEXIST)
		return err_sys(e, r, "mkdir %s", unready);
	AUTO_CLOSE int above_fd = open(above, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int fd = open(unready, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (above_fd < 0 || fd < 0)
		/* Gone: somebody else finished it. */
		return errno == ENOENT ? 0 : err_sys(e, errno, "open %s", unready);
	r = cpuset_inherit(above_fd, fd, e);
	if (r < 0)
		return err_wrap(e, r, "cgroup %s", unready);
	if (rename(unready, path) == 0 || errno == ENOENT)
		return 0;
	if (errno != EEXIST)
		return err_sys(e, errno, "rename %s", unready);
	(void)rmdir(unready);
	return 0;
}

static bool is_complete(int fd)
{
	char value[CGROUP_VALUE_MAX];

	return cgroup_read(fd, files[0], value, sizeof(value)) > 0 &&
	       cgroup_read(fd, files[1], value, sizeof(value)) > 0;
}

int cpuset_complete(const struct cgroup_hierarchy *hierarchy, const char *path, struct err *e)
{
	char below[CGROUP_PATH_MAX];
	int r = cgroup_host_path(hierarchy, "", below, sizeof(below));

	if (is_complete(hierarchy->fd))
		return 0;
	AUTO_CLOSE int above_fd = r < 0 ? r : open(below, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (r < 0 || above_fd < 0)
		return err_sys(e, r < 0 ? r : errno, "open %s", below);
	r = cgroup_host_path(hierarchy, path, below, sizeof(below));
	for (char *end = below + strlen(below) - strlen(path); r == 0 && *end;) {
		end += 1 + strcspn(end + 1, "/");
		char next = *end;

		*end = '\0';
		int fd = open(below, O_PATH | O_DIRECTORY | O_CLOEXEC);

		r = fd < 0 ? err_sys(e, errno, "open %s", below) : cpuset_copy(above_fd, fd, e);
		*end = next;
		(void)fd_close(above_fd);
		above_fd = fd;
	}
	return r;
}
