/*
 * See mount_borrow.h.
 *
 * A mount can be copied only from inside of its mount namespace, and whoever joins one loses
 * his own root: so a child does it and sends the descriptor.
 *
 * Runs in: cli (engine).
 */
#include "engine/mount_borrow.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/inroot.h"
#include "linux/mounts.h"
#include "linux/namespace.h"
#include "linux/socket_fd.h"

static int clone_inside(int pidfd, const char *path, int socket_fd)
{
	int r = namespace_join(pidfd, CLONE_NEWNS);
	int fd = r < 0 ? r : inroot_open_own(path, O_PATH | O_DIRECTORY);
	int tree = fd < 0 ? fd : mount_clone(fd, "", 0);

	return tree < 0 ? tree : socket_send_fd(socket_fd, tree, "");
}

static pid_t fork_child(void)
{
	pid_t pid;

	FAULT("fork");
	pid = fork();
	return pid < 0 ? -errno : pid;
}

int mount_borrow(const struct container *container, const char *path, struct err *e)
{
	AUTO_CLOSE int pidfd = liveness_open_init(&container->liveness);
	int sockets[2];
	int tree;
	pid_t pid;

	if (pidfd < 0)
		return err_sys(e, pidfd, "find the init of container %s",
			       container->record.name);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return err_sys(e, errno, "make a socket pair");
	pid = fork_child();
	if (pid == 0)
		_exit(clone_inside(pidfd, path, sockets[1]) < 0);
	(void)fd_close(sockets[1]);
	tree = pid < 0 ? pid : socket_receive_fd(sockets[0]);
	(void)fd_close(sockets[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	if (tree == -EPIPE)
		return err_set(e, ERR_CONFLICT, tree, "container %s lends no %s",
			       container->record.name, path);
	return tree < 0 ? err_sys(e, tree, "take %s of container %s", path,
				  container->record.name)
			: tree;
}
