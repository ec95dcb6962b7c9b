/*
 * hoy-monitor ID HOY ROOT RUNROOT: what remains of `hoy run` for as long as the container
 * lives. See proto/handover.h.
 *
 * Runs in: monitor.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "monitor/ending.h"
#include "monitor/monitor.h"

enum { ARGS = 5, EXIT_UNUSABLE = 125 };

int main(int argc, char **argv)
{
	struct monitor *monitor;

	if (argc != ARGS)
		return EXIT_UNUSABLE;
	monitor = mmap(NULL, sizeof(*monitor), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (monitor == MAP_FAILED || monitor_open(monitor, argv) < 0) {
		/* Nobody would ever wait for it. */
		(void)syscall(SYS_pidfd_send_signal, MONITOR_FD_PIDFD, SIGKILL, NULL, 0);
		return EXIT_UNUSABLE;
	}
	monitor_run(monitor);
	ending_become_reaper(monitor);
	return 0;
}
