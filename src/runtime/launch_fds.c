/*
 * See launch_fds.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/launch_fds.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

enum { FIRST_FREE = 10 };

void launch_init(struct runtime_launch *launch)
{
	*launch = (struct runtime_launch){
		.plan_fd = -1,
		.init_fd = -1,
		.sync_fd = -1,
		.child_sync_fd = -1,
		.cgroup_fd = -1,
		.birth_fd = -1,
		.pid_ns_fd = -1,
		.stdio = { .input = -1, .output = -1, .error = -1, .console_fd = -1 },
		.state_fd = -1,
		.pidfd = -1,
	};
}

void runtime_launch_done(struct runtime_launch *launch)
{
	for (size_t i = 0; i < launch->owned_count; i++)
		(void)fd_close(launch->owned[i]);
	launch->owned_count = 0;
	launch->inherit_count = 0;
	launch->plan_fd = fd_close(launch->plan_fd);
	launch->init_fd = fd_close(launch->init_fd);
	launch->sync_fd = fd_close(launch->sync_fd);
	launch->child_sync_fd = fd_close(launch->child_sync_fd);
	launch->pidfd = fd_close(launch->pidfd);
}

static int raise_fd(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE);

	return high < 0 ? -errno : high;
}

int launch_own(struct runtime_launch *launch, int take_fd, struct err *e)
{
	int fd = take_fd;

	if (fd < FIRST_FREE) {
		fd = raise_fd(take_fd);
		(void)fd_close(take_fd);
		if (fd < 0)
			return err_sys(e, fd, "move a descriptor");
	}
	if (launch->owned_count == RUNTIME_FDS_MAX) {
		(void)fd_close(fd);
		return err_sys(e, EMFILE, "descriptors for init");
	}
	launch->owned[launch->owned_count++] = fd;
	return fd;
}

int launch_inherit(struct runtime_launch *launch, int fd, struct err *e)
{
	if (fd < FIRST_FREE) {
		fd = raise_fd(fd);
		if (fd < 0)
			return err_sys(e, fd, "move a descriptor");
		fd = launch_own(launch, fd, e);
		if (fd < 0)
			return fd;
	}
	if (launch->inherit_count == RUNTIME_FDS_MAX)
		return err_sys(e, EMFILE, "descriptors for init");
	launch->inherit[launch->inherit_count++] = fd;
	return fd;
}

/* A /dev/null that is something else would be written to by every container. */
static int null_open(struct runtime_launch *launch, struct err *e)
{
	struct stat st;
	int fd;

	FAULT("open");
	fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(e, errno, "open /dev/null");
	if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)) {
		(void)fd_close(fd);
		return err_set(e, ERR_INTERNAL, -ENODEV,
			       "/dev/null of the host is not the null device");
	}
	return launch_own(launch, fd, e);
}

/* One that stands at its own place already can stay: nothing else is put there. */
static int stdio_place(struct runtime_launch *launch, int fd, int place, struct err *e)
{
	if (fd == place || fd >= FIRST_FREE)
		return fd;
	fd = raise_fd(fd);
	return fd < 0 ? err_sys(e, fd, "move a descriptor") : launch_own(launch, fd, e);
}

int launch_stdio(struct runtime_launch *launch, const struct runtime_stdio *stdio,
		 struct err *e)
{
	const int given[3] = { stdio->input, stdio->output, stdio->error };
	int placed[3];
	int null = -1;

	for (int i = 0; i < 3; i++) {
		if (given[i] < 0 && null < 0)
			null = null_open(launch, e);
		if (given[i] < 0 && null < 0)
			return null;
		placed[i] = given[i] < 0 ? null : stdio_place(launch, given[i], i, e);
		if (placed[i] < 0)
			return placed[i];
	}
	launch->stdio.input = placed[0];
	launch->stdio.output = placed[1];
	launch->stdio.error = placed[2];
	if (stdio->console_fd < 0)
		return 0;
	launch->stdio.console_fd = launch_inherit(launch, stdio->console_fd, e);
	return launch->stdio.console_fd < 0 ? launch->stdio.console_fd : 0;
}

int launch_sync(struct runtime_launch *launch, struct err *e)
{
	int pair[2];

	FAULT("socketpair");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, errno, "make the sync sockets");
	launch->sync_fd = pair[0];
	launch->child_sync_fd = pair[1];
	if (pair[1] >= FIRST_FREE)
		return 0;
	launch->child_sync_fd = raise_fd(pair[1]);
	(void)fd_close(pair[1]);
	return launch->child_sync_fd < 0
		       ? err_sys(e, launch->child_sync_fd, "move a descriptor")
		       : 0;
}

int launch_cgroup(struct runtime_launch *launch, const struct cgroup *cgroup,
		  int fds[CGROUP_HIERARCHIES_MAX], struct err *e)
{
	int count;

	if (!cgroup)
		return 0;
	launch->cgroup_fd = cgroup_into_fd(cgroup);
	count = cgroup_open_join_files(cgroup, fds, e);
	for (int i = 0; i < count; i++) {
		int fd = launch_own(launch, fds[i], e);

		fds[i] = fd < 0 ? fd : launch_inherit(launch, fd, e);
		if (fds[i] >= 0)
			continue;
		for (int k = i + 1; k < count; k++)
			(void)fd_close(fds[k]);
		return fds[i];
	}
	return count;
}
