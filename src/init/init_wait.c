/*
 * READY, the wait for START, and what is prepared for the time after: nothing may need memory
 * or a system call that a seccomp filter could forbid once it is loaded.
 *
 * Runs in: init.
 * See: proto/sync.h.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "proto/sync.h"

enum { CWD_MODE = 0755, CODE_OF_SIGNAL = 128 };

static char **texts_of(const struct plan_header *plan, struct plan_list list)
{
	const plan_text *texts = plan_array(plan, list, plan_text);
	char **v = calloc((size_t)list.count + 1, sizeof(*v));

	for (uint32_t i = 0; v && i < list.count; i++)
		v[i] = (char *)(uintptr_t)plan_get_text(plan, texts[i]);
	return v;
}

/* The kernel says where we are; outside of the root it says "(unreachable)" (CVE-2024-21626).
 */
static int check_inside(const char *cwd, struct err *e)
{
	char path[PATH_MAX];

	if (getcwd(path, sizeof(path)) && path[0] == '/')
		return 0;
	return err_set(e, ERR_DENIED, -EPERM,
		       "the working directory %s lies outside of the container", cwd);
}

static int enter_cwd(struct init *init, struct err *e)
{
	const char *cwd = plan_get_text(init->plan, init->plan->cwd);
	AUTO_CLOSE int fd = inroot_open(init->root_fd, cwd ? cwd : "/", O_PATH | O_DIRECTORY);

	/* One that is missing is made, as by runc; not for exec. */
	if (fd == -ENOENT && init->plan->kind == PLAN_RUN)
		fd = inroot_make_dir(init->root_fd, cwd, CWD_MODE);
	if (fd < 0)
		return err_sys(e, fd, "enter the working directory %s", cwd ? cwd : "/");
	/* Denied to root can be allowed to the user: tried again as that one. */
	if (fchdir(fd) < 0)
		return errno == EACCES
			       ? 0
			       : err_sys(e, errno, "enter the working directory %s", cwd);
	init->is_cwd_set = true;
	return check_inside(cwd ? cwd : "/", e);
}

static int report_ready(struct init *init, struct err *e)
{
	int r = sync_send(init->sync_fd, SYNC_READY, 0);

	return r < 0 ? err_sys(e, r, "report that the container is ready") : 0;
}

int init_ready(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int r;

	init->argv = texts_of(plan, plan->args);
	init->envp = texts_of(plan, plan->env);
	if (!init->argv || !init->envp)
		return err_sys(e, ENOMEM, "list the arguments");
	r = init_add_home(init, e);
	if (r == 0)
		r = enter_cwd(init, e);
	if (r == 0)
		r = init_look_at_command(init, e);
	if (r < 0 || !(plan->flags & PLAN_WAIT_START) || plan->wait_fd >= 0)
		return r;
	return report_ready(init, e);
}

/* Until somebody could find us we end with who launched us. */
static int await_record(struct init *init, struct err *e)
{
	int r = sync_receive(init->sync_fd, NULL, e);

	if (r == SYNC_RECORDED)
		return 0;
	return r < 0 ? r
		     : err_set(e, ERR_INTERNAL, r == 0 ? -EPIPE : -EPROTO,
			       "%s before the container was recorded",
			       r == 0 ? "the parent went away" : "another message came");
}

/* START by another process: whoever connects becomes the other end of the conversation. */
static int accept_starter(struct init *init, struct err *e)
{
	(void)fd_close(init->sync_fd);
	init->sync_fd = accept4(init->plan->wait_fd, NULL, NULL, SOCK_CLOEXEC);
	return init->sync_fd < 0 ? err_sys(e, errno, "wait for the start") : 0;
}

static void end(int number)
{
	_exit(CODE_OF_SIGNAL + number);
}

/* The kernel spares the first process of a pid namespace every signal that it does not handle,
 * and a created container is to end by those that end a program. execve takes them back. */
static void end_by_signals(void)
{
	static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	const struct sigaction action = { .sa_handler = end };

	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		(void)sigaction(ending[i], &action, NULL);
}

int init_wait(struct init *init, struct err *e)
{
	bool is_elsewhere = init->plan->wait_fd >= 0;
	int r = 0;

	if (!(init->plan->flags & PLAN_WAIT_START))
		return 0;
	/* Whoever creates goes away after READY: what can go wrong is to be known by then. */
	if (is_elsewhere) {
		end_by_signals();
		r = report_ready(init, e);
	}
	if (r == 0 && is_elsewhere)
		r = await_record(init, e);
	if (r < 0)
		return r;
	do {
		r = is_elsewhere ? accept_starter(init, e) : 0;
		if (r == 0)
			r = sync_receive(init->sync_fd, NULL, e);
		/* Somebody who connects and goes again has started nothing. */
	} while (r == 0 && is_elsewhere);
	if (r == SYNC_START)
		return 0;
	if (r < 0)
		return r;
	return err_set(e, ERR_INTERNAL, r == 0 ? -EPIPE : -EPROTO, "%s instead of the start",
		       r == 0 ? "the parent went away" : "another message came");
}
