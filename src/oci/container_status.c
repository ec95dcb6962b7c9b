/*
 * What a container is doing, and its init: found out, never remembered.
 *
 * Runs in: runtime.
 * See: pidfd_open(2), proc(5).
 */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/process_stat.h"
#include "linux/namespace.h"
#include "oci/container.h"
#include "oci/container_state.h"

const char *oci_status_text(enum oci_status status)
{
	static const char *const texts[] = {
		[OCI_CREATING] = "creating", [OCI_CREATED] = "created",
		[OCI_RUNNING] = "running",   [OCI_PAUSED] = "paused",
		[OCI_STOPPED] = "stopped",
	};

	return texts[status];
}

/* Lives, and has not become somebody else's pid. */
static bool is_alive(const struct oci_state *state)
{
	struct process_stat stat;

	return process_stat_read(state->pid, &stat) == 0 && stat.state != 'Z' &&
	       stat.state != 'X' && stat.start_ticks == state->start_ticks;
}

/*
 * Until START the sealed hoy-init is what runs. Only together with the socket that it waits on,
 * for a container's program may call itself as it likes.
 */
static bool is_waiting(const struct oci_container *container)
{
	static const char sealed[] = "/memfd:hoy-init";
	char target[sizeof(sealed)] = "";
	char path[64];

	if (faccessat(container->dir_fd, START_NAME, F_OK, 0) < 0)
		return false;
	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)container->state.pid);
	if (readlink(path, target, sizeof(target) - 1) < 0)
		return errno != ENOENT;
	return str_equal(target, sealed);
}

enum oci_status container_status_of_init(const struct oci_container *container)
{
	if (!container->has_state)
		return OCI_CREATING;
	if (!is_alive(&container->state))
		return OCI_STOPPED;
	return is_waiting(container) ? OCI_CREATED : OCI_RUNNING;
}

enum oci_status container_status(const struct oci_container *container)
{
	enum oci_status status = container_status_of_init(container);
	struct cgroup cgroup;

	if (status == OCI_CREATING || status == OCI_STOPPED ||
	    container_open_cgroup(container, &cgroup, NULL) < 0)
		return status;
	if (cgroup.mode != CGROUP_NONE && cgroup_is_frozen(&cgroup) > 0)
		status = OCI_PAUSED;
	cgroup_done(&cgroup);
	return status;
}

int container_open_init(const struct oci_container *container)
{
	AUTO_CLOSE int pidfd = -EBADF;

	if (!container->has_state)
		return -ESRCH;
	/* First the descriptor, then whose it is: the other order would be a race. */
	pidfd = pidfd_of(container->state.pid);
	if (pidfd < 0)
		return pidfd;
	return is_alive(&container->state) ? fd_take(&pidfd) : -ESRCH;
}
