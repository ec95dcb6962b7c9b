/*
 * See idmap_namespace.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/idmap_namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/namespace.h"
#include "runtime/user_maps.h"

/* Lives until the other end of `fd` is closed, by will or by death. */
static void child_wait(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static int namespace_open(pid_t pid)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int idmap_namespace_open(const struct spec *mappings, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	int ends[2];
	pid_t pid;
	int r;

	FAULT("pipe2");
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, errno, "make a pipe");
	pid = clone3_child(CLONE_NEWUSER, -1, NULL);
	if (pid == 0) {
		(void)close(ends[1]);
		child_wait(ends[0]);
	}
	(void)close(ends[0]);
	r = pid < 0 ? err_sys(e, pid, "make a user namespace for the mapping")
		    : user_maps_write(pid, mappings, e);
	if (r == 0) {
		fd = namespace_open(pid);
		r = fd < 0 ? err_sys(e, fd, "open the user namespace of the mapping") : 0;
	}
	(void)close(ends[1]);
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	return r < 0 ? r : fd_take(&fd);
}
