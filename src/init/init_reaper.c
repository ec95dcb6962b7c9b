/*
 * The last step: execve, or, with PLAN_REAPER (--init), a child that does it while we stay as
 * pid 1.
 *
 * As pid 1 hoy-init is what the program would have been: the same user, capabilities and
 * filter. It forwards signals to the program, reaps whatever the container's processes leave
 * behind, and ends as the program ends.
 *
 * Runs in: init, at the end.
 * See: execve(2), waitpid(2), sigwaitinfo(2), tcsetpgrp(3).
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/namespace.h"
#include "linux/process.h"

enum { EXIT_SIGNAL = 128 };

/* Reap everything that has ended. Returns the program's wait status, or -1 while it lives. */
static int reap_all(pid_t program)
{
	int result = -1;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == program)
			result = status;
	return result;
}

/* Never returns. All signals are blocked, so none gets lost between two turns. */
static _Noreturn void serve(pid_t program, const sigset_t *all)
{
	for (;;) {
		int signal = sigwaitinfo(all, NULL);
		int status;

		if (signal < 0)
			continue;
		if (signal != SIGCHLD) {
			(void)kill(program, signal);
			continue;
		}
		status = reap_all(program);
		if (status >= 0 && WIFEXITED(status))
			_exit(WEXITSTATUS(status));
		if (status >= 0 && WIFSIGNALED(status))
			_exit(EXIT_SIGNAL + WTERMSIG(status));
	}
}

/* The program leads the foreground job of its terminal, as it would from a shell. */
static void lead_job(const struct init *init)
{
	(void)setpgid(0, 0);
	if (init->plan->flags & PLAN_TERMINAL)
		(void)tcsetpgrp(STDIN_FILENO, getpid());
}

int init_reap(struct init *init, struct err *e)
{
	sigset_t all;
	sigset_t none;
	pid_t pid;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	pid = FAULT_OR("fork", fork());
	if (pid < 0)
		return err_sys(e, pid == -EIO ? EIO : errno, "make a child for the program");
	if (pid == 0) {
		lead_job(init);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		return init_execute(init, e);
	}
	(void)prctl(PR_SET_NAME, "hoy-init", 0, 0, 0);
	/* The sync socket too: its end of file says that the program runs. */
	(void)process_close(STDERR_FILENO + 1, ~0U);
	serve(pid, &all);
}

/* After the ids have changed, the kernel no longer knows that we die with our parent: it may be
 * gone already. */
static int check_parent(const struct init *init, struct err *e)
{
	struct pollfd sync = { .fd = init->sync_fd };

	if (!(init->plan->flags & PLAN_DIE_WITH_PARENT) || poll(&sync, 1, 0) <= 0 ||
	    !(sync.revents & POLLHUP))
		return 0;
	return err_set(e, ERR_INTERNAL, -EPIPE, "the parent went away");
}

int init_exec(struct init *init, struct err *e)
{
	int r = check_parent(init, e);

	if (r < 0)
		return r;
	return init->plan->flags & PLAN_REAPER ? init_reap(init, e) : init_execute(init, e);
}
