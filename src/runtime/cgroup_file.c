/*
 * See cgroup_file.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "base/fd.h"

struct cgroup_hierarchy *cgroup_find(struct cgroup *cgroup, enum cgroup_controller controller)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		if (cgroup->hierarchies[i].controllers & controller)
			return &cgroup->hierarchies[i];
	}
	return NULL;
}

int cgroup_host_path(const struct cgroup_hierarchy *hierarchy, const char *path, char *ret,
		     size_t size)
{
	int n = snprintf(ret, size, CGROUP_ROOT "%s%s%s", hierarchy->name[0] ? "/" : "",
			 hierarchy->name, path);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int cgroup_write(int dir_fd, const char *file, const char *value, struct err *e)
{
	size_t len = strlen(value);

	FAULT("cgroup_write");
	AUTO_CLOSE int fd = openat(dir_fd, file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, errno, "%s: open to write \"%s\"", file, value);
	/* The kernel takes one value per write: a short write is a failure, not something to go
	 * on with. */
	ssize_t n = write(fd, value, len);

	if (n < 0)
		return err_sys(e, errno, "%s: write \"%s\"", file, value);
	return (size_t)n == len ? 0 : err_sys(e, EIO, "%s: write \"%s\"", file, value);
}

int cgroup_write_i64(int dir_fd, const char *file, int64_t value, struct err *e)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	return cgroup_write(dir_fd, file, text, e);
}

int cgroup_read(int dir_fd, const char *file, char *buf, size_t size)
{
	AUTO_CLOSE int fd = openat(dir_fd, file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fd_read_full(fd, buf, size - 1);
	if (n < 0)
		return (int)n;
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return (int)n;
}
