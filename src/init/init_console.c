/*
 * A session of its own, and with PLAN_TERMINAL a pty from the container's own devpts: its slave
 * becomes stdio, the controlling terminal and /dev/console, its master goes to the monitor.
 *
 * Nothing here goes by a path that the container could have exchanged: the devpts is checked to
 * be one, the slave is opened through the master and bound as the descriptor that it is
 * (CVE-2025-52565).
 *
 * Runs in: init, after the pivot; for exec after joining the namespaces.
 * See: pty(7), setsid(2), unix(7) SCM_RIGHTS.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/mounts.h"
#include "linux/socket_fd.h"
#include "linux/terminal.h"

/* /dev/console is the slave, bound on an empty file. */
static int bind_console(struct init *init, int slave, struct err *e)
{
	int dev_fd = init_open_dev(init, e);
	AUTO_CLOSE int target = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	struct stat st;
	int r;

	if (dev_fd < 0)
		return dev_fd;
	target = openat(dev_fd, "console", O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0620);
	if (target < 0 && errno == EEXIST)
		target = openat(dev_fd, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 || fstat(target, &st) < 0)
		return err_sys(e, errno, "make /dev/console");
	if (S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "/dev/console of the image is a link or a directory");
	fd = mount_clone(slave, "", 0);
	r = fd < 0 ? fd : mount_attach(fd, target);
	return r < 0 ? err_sys(e, r, "mount the terminal on /dev/console") : 0;
}

static int become_stdio(int slave, struct err *e)
{
	int r = terminal_make_controlling(slave);

	if (r < 0)
		return err_sys(e, r, "make the terminal the controlling one");
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (dup2(slave, fd) < 0)
			return err_sys(e, errno, "make the terminal descriptor %d", fd);
	return 0;
}

static int open_console(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	AUTO_CLOSE int pts_fd = inroot_open(init->root_fd, "/dev/pts", O_PATH | O_DIRECTORY);
	AUTO_CLOSE int master = -EBADF;
	AUTO_CLOSE int slave = -EBADF;
	int r = pts_fd < 0 ? pts_fd : terminal_open_pair(pts_fd, &master, &slave);

	if (r == -ENOTTY)
		return err_set(e, ERR_INVALID, r,
			       "open a terminal: /dev/pts of the container is no devpts");
	if (r < 0)
		return err_sys(e, r, "open a terminal in /dev/pts of the container");
	if (plan->console_rows || plan->console_columns)
		r = terminal_set_size(master, plan->console_rows, plan->console_columns);
	if (r == 0 && plan->flags & PLAN_TERMINAL_PLAIN)
		r = terminal_set_plain(slave);
	if (r == 0)
		r = FAULT_OR("fchown", fchown(slave, plan->uid, (gid_t)-1) < 0 ? -errno : 0);
	if (r < 0)
		return err_sys(e, r, "set up the terminal");
	if (plan->kind == PLAN_RUN && plan->root_kind != PLAN_ROOT_NONE) {
		r = bind_console(init, slave, e);
		if (r < 0)
			return r;
	}
	r = socket_send_fd(plan->console_fd, master, "");
	if (r < 0)
		return err_sys(e, r, "hand out the terminal");
	(void)fd_close(plan->console_fd);
	return become_stdio(slave, e);
}

/* A program that is not root may open /dev/stdout again only where the pipe belongs to it. */
static void own_pipes(uid_t uid)
{
	struct stat st;

	for (int fd = 0; uid != 0 && fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && st.st_uid != uid)
			(void)!fchown(fd, uid, (gid_t)-1);
}

int init_console(struct init *init, struct err *e)
{
	if (setsid() < 0 && errno != EPERM)
		return err_sys(e, errno, "begin a session");
	if (init->plan->flags & PLAN_TERMINAL)
		return open_console(init, e);
	own_pipes(init->plan->uid);
	return 0;
}
