/*
 * See namespace_visit.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "linux/namespace_visit.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/namespace.h"

/* Where we are; a root of our own, because hoy may have been called in a chroot. */
struct home {
	int ns_fd;
	int root_fd;
	int cwd_fd;
	mode_t umask;
};

static int home_open(struct home *home)
{
	home->ns_fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	home->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	home->cwd_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	home->umask = umask(0);
	(void)umask(home->umask);
	return home->ns_fd < 0 || home->root_fd < 0 || home->cwd_fd < 0 ? -errno : 0;
}

static void home_close(struct home *home)
{
	(void)fd_close(home->ns_fd);
	(void)fd_close(home->root_fd);
	(void)fd_close(home->cwd_fd);
}

static int come_back(const struct home *home)
{
	int r = namespace_join(home->ns_fd, CLONE_NEWNS);

	if (r < 0)
		return r;
	(void)umask(home->umask);
	if (fchdir(home->root_fd) < 0 || chroot(".") < 0 || fchdir(home->cwd_fd) < 0)
		return -errno;
	return 0;
}

int namespace_visit(int fd, int (*visit)(void *context), void *context, struct err *e)
{
	struct home home;
	int back = 0;
	int r = home_open(&home);

	if (r == 0 && fd >= 0)
		r = namespace_join(fd, CLONE_NEWNS);
	if (r < 0) {
		home_close(&home);
		return err_sys(e, r, "join a mount namespace");
	}
	r = visit(context);
	back = come_back(&home);
	home_close(&home);
	return back < 0 ? err_sys(e, back, "come back to the mount namespace that we were in")
			: r;
}
