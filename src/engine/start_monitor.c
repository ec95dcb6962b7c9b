/*
 * The second hand of a start: a forked child that launches init and becomes hoy-monitor.
 *
 * Its descriptors are the fixed numbers of proto/handover.h and nothing else: a lock, or the
 * caller's pipe, that lived on in the monitor would hang later commands and shells.
 *
 * Runs in: cli (engine), as the child of hoy.
 * See: proto/handover.h.
 */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/program.h"
#include "engine/monitor_handover.h"
#include "engine/start.h"

/* What the child says once: init runs, or why not. */
struct launch_report {
	int32_t result;
	int32_t pid;
	struct err err;
};

static void fill_handover(const struct start *s, struct monitor_handover *m)
{
	const struct container_config *c = &s->record.config;
	struct handover *h = &m->handover;

	h->flags = HANDOVER_LOG | HANDOVER_REAP | (c->is_tty ? HANDOVER_TERMINAL : 0) |
		   (c->open_stdin ? HANDOVER_OPEN_STDIN : 0) |
		   (c->open_stdin && c->stdin_once ? HANDOVER_STDIN_ONCE : 0) |
		   (c->auto_remove ? 0 : HANDOVER_EXIT_DURABLE) |
		   (s->cgroup.mode == CGROUP_V2 ? HANDOVER_CGROUP_V2 : 0);
	h->init_pid = s->launch.pid;
	h->run = s->record.run;
	h->started_ns = s->started_ns;
	h->log_max_bytes = c->log_max_bytes ? c->log_max_bytes : LOG_MAX_BYTES_DEFAULT;
	h->log_max_files = c->log_max_files ? c->log_max_files : LOG_MAX_FILES_DEFAULT;
	m->fds[MONITOR_FD_PIDFD] = s->launch.pidfd;
	m->fds[MONITOR_FD_ALIVE] = s->run_dir.alive_fd;
	m->fds[MONITOR_FD_CONTAINER] = s->dir.fd;
	m->fds[MONITOR_FD_STDIN] = s->streams.input_write;
	m->fds[MONITOR_FD_STDOUT] = s->streams.output_read;
	m->fds[MONITOR_FD_STDERR] = s->streams.error_read;
	m->fds[MONITOR_FD_CONSOLE] = s->streams.console_monitor;
	m->fds[MONITOR_FD_LISTEN] = s->run_dir.listen_fd;
	m->fds[MONITOR_FD_CLIENT] = s->streams.client_monitor;
	m->fds[MONITOR_FD_MEMORY] = cgroup_memory_fd(&s->cgroup);
	m->fds[MONITOR_FD_PORTS] = s->ports.queue_fd;
	m->fds[MONITOR_FD_RELAYED] = s->ports.relayed_fd;
	m->fds[MONITOR_FD_LIFE] = s->life_fd;
}

/* Never returns. What goes wrong after the launch ends init too: it gets end of file instead of
 * START. */
static _Noreturn void child_run(struct start *s, int report_fd)
{
	struct launch_report report = { 0 };
	struct monitor_handover m;
	char parent[CGROUP_PATH_SIZE];

	s->dir.lock_fd = fd_close(s->dir.lock_fd);
	start_release_holds(s);
	(void)setsid();
	report.result = runtime_launch(&s->launch, &report.err);
	report.pid = s->launch.pid;
	(void)send(report_fd, &report, sizeof(report), MSG_NOSIGNAL);
	if (report.result < 0)
		_exit(1);
	monitor_reset_signals();
	monitor_handover_init(&m, s->engine, s->dir.id);
	fill_handover(s, &m);
	(void)snprintf(parent, sizeof(parent), "/%s", s->engine->state.instance);
	cgroup_leave_unit(parent);
	monitor_become(&m);
}

static int launch_wait(struct start *s, int report_fd, struct err *e)
{
	struct launch_report report;
	ssize_t n;

	do
		n = recv(report_fd, &report, sizeof(report), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(report))
		return err_set(e, ERR_INTERNAL, -EPROTO,
			       "the process that launches init has died");
	if (report.result < 0) {
		if (e)
			*e = report.err;
		return report.result;
	}
	s->launch.pid = report.pid;
	return 0;
}

static pid_t child_fork(void)
{
	pid_t pid;

	FAULT("fork");
	pid = fork();
	return pid < 0 ? -errno : pid;
}

int start_monitor(struct start *s, struct err *e)
{
	AUTO_CLOSE int ours = -EBADF;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	ours = ends[0];
	pid = child_fork();
	if (pid == 0)
		child_run(s, ends[1]);
	(void)fd_close(ends[1]);
	if (pid < 0)
		return err_sys(e, pid, "fork");
	s->monitor_pid = pid;
	s->launch.child_sync_fd = fd_close(s->launch.child_sync_fd);
	return launch_wait(s, ours, e);
}
