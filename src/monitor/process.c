/*
 * See process.h.
 *
 * Runs in: monitor.
 */
#include "monitor/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "proto/handover.h"

static const int ignored[] = { SIGHUP,	SIGINT,	   SIGQUIT, SIGPIPE,  SIGALRM, SIGUSR1,
			       SIGUSR2, SIGTSTP,   SIGTTIN, SIGTTOU,  SIGXFSZ, SIGPROF,
			       SIGIO,	SIGVTALRM, SIGPWR,  SIGSTKFLT };

static void set_signal(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	(void)sigaction(number, &action, NULL);
}

/* The descriptor has a fixed number, so the handler needs to know nothing. */
static void forward_to_init(int number)
{
	int saved = errno;

	(void)syscall(SYS_pidfd_send_signal, MONITOR_FD_PIDFD, number, NULL, 0);
	errno = saved;
}

static void lower_oom_score(void)
{
	AUTO_CLOSE int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	/* Below the inherited minimum only with CAP_SYS_RESOURCE; then at least as low as
	 * everybody else. */
	if (fd >= 0 && write(fd, "-999", 4) < 0)
		(void)!write(fd, "0", 1);
}

static void leave_standard_streams(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	for (int number = 0; number <= 2; number++) {
		if (number != fd)
			(void)dup2(fd, number);
		else
			(void)fcntl(fd, F_SETFD, 0);
	}
	if (fd > 2)
		(void)fd_close(fd);
}

void process_settle(void)
{
	sigset_t none;

	(void)setsid();
	(void)!chdir("/");
	(void)prctl(PR_SET_NAME, "hoy-monitor");
	leave_standard_streams();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_signal(ignored[i], SIG_IGN);
	set_signal(SIGCHLD, SIG_DFL); /* ignored, init would leave no status behind */
	set_signal(SIGTERM, forward_to_init);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	lower_oom_score();
}

void process_restore_signals(void)
{
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		set_signal(ignored[i], SIG_DFL);
	set_signal(SIGTERM, SIG_DFL);
}
