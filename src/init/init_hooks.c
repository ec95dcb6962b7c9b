/*
 * Hooks: programs of the operator that run at two moments of the birth, one after the other,
 * with the container's state as their standard input. A hook that fails ends the birth.
 *
 * Runs in: init. createContainer: the host's root file system in the container's namespaces;
 * startContainer: all the container's. See: OCI runtime-spec config.md "POSIX-platform Hooks".
 */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/memfd.h"
#include "linux/namespace.h"
#include "linux/process.h"
#include "proto/sync.h"

enum { EXIT_NOT_EXECUTED = 127, MS_PER_S = 1000 };

/* NULL-terminated; the texts are borrowed from the plan. */
static char **texts_of(const struct plan_header *plan, struct plan_list list)
{
	const plan_text *texts = plan_array(plan, list, plan_text);
	char **v = calloc((size_t)list.count + 1, sizeof(*v));

	for (uint32_t i = 0; v && i < list.count; i++)
		v[i] = (char *)(uintptr_t)plan_get_text(plan, texts[i]);
	return v;
}

static int make_input(const char *state)
{
	AUTO_CLOSE int fd = memfd_make("hook-state");
	int r;

	if (fd < 0)
		return fd;
	r = state ? fd_write_all(fd, state, strlen(state)) : 0;
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	return r < 0 ? r : fd_take(&fd);
}

static int wait_for_hook(pid_t pid, int pidfd, uint32_t timeout_s, int *ret_status)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	int timeout = timeout_s == 0 || timeout_s > INT32_MAX / MS_PER_S
			      ? -1
			      : (int)timeout_s * MS_PER_S;
	int n = poll(&ended, 1, timeout);

	if (n <= 0)
		(void)pidfd_kill(pidfd, SIGKILL);
	if (waitpid(pid, ret_status, 0) < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

static int run_hook(const struct plan_header *plan, const struct plan_hook *hook,
		    int *ret_status)
{
	AUTO_FREE char **argv = texts_of(plan, hook->args);
	AUTO_FREE char **envp = texts_of(plan, hook->env);
	AUTO_CLOSE int input = make_input(plan_get_text(plan, plan->hook_state));
	AUTO_CLOSE int pidfd = -EBADF;
	char *only_path[2] = { (char *)(uintptr_t)plan_get_text(plan, hook->path), NULL };
	pid_t pid;

	if (!argv || !envp)
		return -ENOMEM;
	if (input < 0)
		return input;
	FAULT("hook");
	pid = clone3_child(0, -1, &pidfd);
	if (pid < 0)
		return pid;
	if (pid == 0) {
		process_reset_signals();
		if (dup2(input, STDIN_FILENO) >= 0)
			(void)execve(only_path[0], argv[0] ? argv : only_path, envp);
		_exit(EXIT_NOT_EXECUTED);
	}
	return wait_for_hook(pid, pidfd, hook->timeout_s, ret_status);
}

static int run_hooks(const struct plan_header *plan, struct plan_list list, const char *moment,
		     struct err *e)
{
	const struct plan_hook *hooks = plan_array(plan, list, struct plan_hook);

	for (uint32_t i = 0; i < list.count; i++) {
		const char *path = plan_get_text(plan, hooks[i].path);
		int status = 0;
		int r = run_hook(plan, &hooks[i], &status);

		if (r < 0)
			return err_sys(e, r, "%s hook %s", moment, path);
		if (WIFSIGNALED(status))
			return err_set(e, ERR_INTERNAL, -ECHILD,
				       "%s hook %s was killed by signal %d", moment, path,
				       WTERMSIG(status));
		if (WEXITSTATUS(status) != 0)
			return err_set(e, ERR_INTERNAL, -ECHILD, "%s hook %s exited with %d",
				       moment, path, WEXITSTATUS(status));
	}
	return 0;
}

int init_hooks_create(struct init *init, struct err *e)
{
	if (init->plan->flags & PLAN_PARENT_HOOKS) {
		int r = sync_send(init->sync_fd, SYNC_HOOKS, 0);

		if (r < 0)
			return err_sys(e, r, "ask for the runtime's hooks");
		r = sync_receive(init->sync_fd, NULL, e);
		if (r != SYNC_HOOKS_DONE)
			return r < 0 ? r
				     : err_set(e, ERR_INTERNAL, -EPIPE,
					       "the runtime's hooks did not succeed");
	}
	return run_hooks(init->plan, init->plan->hooks_create, "createContainer", e);
}

int init_hooks_start(struct init *init, struct err *e)
{
	return run_hooks(init->plan, init->plan->hooks_start, "startContainer", e);
}
