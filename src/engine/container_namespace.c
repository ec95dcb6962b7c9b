/*
 * See container_namespace.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_namespace.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/fd.h"

int container_namespace_open(const struct container *container, const char *name, struct err *e)
{
	AUTO_CLOSE int pidfd = liveness_open_init(&container->liveness);
	AUTO_CLOSE int fd = -EBADF;
	char path[64];

	if (pidfd < 0)
		return err_sys(e, pidfd, "find the init of container %s",
			       container->record.name);
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)container->liveness.pid,
		       name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, errno, "open the %s namespace of container %s", name,
			       container->record.name);
	/* The pid named this process all the time, if it is still the one. */
	AUTO_CLOSE int again = liveness_open_init(&container->liveness);

	if (again < 0)
		return err_sys(e, ESRCH, "container %s ended", container->record.name);
	return fd_take(&fd);
}
