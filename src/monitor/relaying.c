/*
 * See relaying.h.
 *
 * Runs in: monitor; execute_relay in its child.
 * See: pidfd_open(2), PR_SET_PDEATHSIG.
 */
#include "monitor/relaying.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "monitor/internal.h"

enum { QUEUE_FD = 3, PAUSE_MS = 1000, NS_PER_MS = 1000000, EXIT_NOT_EXECUTED = 127 };

static _Noreturn void execute_relay(const struct monitor *monitor, pid_t parent)
{
	/* Ports must not outlive a monitor that is killed. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
	    dup2(MONITOR_FD_PORTS, QUEUE_FD) == QUEUE_FD &&
	    syscall(SYS_close_range, QUEUE_FD + 1, ~0U, 0U) == 0)
		internal_execute(monitor, (char[]){ "relay" });
	_exit(EXIT_NOT_EXECUTED);
}

static void pause_it(struct monitor *monitor)
{
	monitor->relay_retry_ns = clock_monotonic_ns() + (uint64_t)PAUSE_MS * NS_PER_MS;
}

static bool is_paused(const struct monitor *monitor)
{
	return monitor->relay_retry_ns != 0 && clock_monotonic_ns() < monitor->relay_retry_ns;
}

static void relay_start(struct monitor *monitor)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == 0)
		execute_relay(monitor, parent);
	monitor->relay_retry_ns = 0;
	monitor->relay_pidfd = pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, pid, 0U);
	if (monitor->relay_pidfd >= 0)
		return;
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	pause_it(monitor);
}

static void relay_reap(struct monitor *monitor)
{
	siginfo_t info = { 0 };
	int r;

	do
		r = waitid(P_PIDFD, (id_t)monitor->relay_pidfd, &info, WEXITED);
	while (r < 0 && errno == EINTR);
	monitor->relay_pidfd = fd_close(monitor->relay_pidfd);
	/* One that was killed is called again at once; one that cannot work, not all the time.
	 */
	if (info.si_code == CLD_EXITED && info.si_status != 0)
		pause_it(monitor);
}

int relaying_fd(const struct monitor *monitor)
{
	if (monitor->relay_pidfd >= 0)
		return monitor->relay_pidfd;
	return monitor->relayed < 0 || is_paused(monitor) ? -1 : monitor->relayed;
}

int relaying_timeout(const struct monitor *monitor)
{
	return is_paused(monitor) ? PAUSE_MS : -1;
}

void relaying_serve(struct monitor *monitor)
{
	if (monitor->relay_pidfd >= 0)
		relay_reap(monitor);
	else
		relay_start(monitor);
}

void relaying_stop(struct monitor *monitor)
{
	if (monitor->relay_pidfd < 0)
		return;
	(void)syscall(SYS_pidfd_send_signal, monitor->relay_pidfd, SIGKILL, NULL, 0);
	relay_reap(monitor);
}
