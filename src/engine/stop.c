/*
 * Ending containers: stop, kill, wait.
 *
 * Runs in: cli (engine).
 * See: engine.h.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "engine/container_end.h"
#include "engine/process_signals.h"
#include "format/signal.h"
#include "linux/namespace.h"
#include "proto/attach.h"
#include "runtime/cgroup.h"

enum { STOP_TIMEOUT_DEFAULT_S = 10, SETTLE_STEP_MS = 5 };

#define NS_PER_MS	UINT64_C(1000000)
#define NS_PER_S	UINT64_C(1000000000)
#define KILL_TIMEOUT_NS (10 * NS_PER_S)
/* A program that has just begun may not have come to its handlers yet: so long we look again
 * before we call it deaf. */
#define YOUNG_NS (300 * NS_PER_MS)

static int stop_signal(const struct container_config *config, int signal, int *ret,
		       struct err *e)
{
	if (signal != 0) {
		*ret = signal;
		return 0;
	}
	*ret = SIGTERM;
	if (!str_is_empty(config->stop_signal) && signal_parse(config->stop_signal, ret) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid stop signal: %s",
			       config->stop_signal);
	return 0;
}

/* Until the process behind `pidfd` has ended. timeout_ms -1: for ever. */
static int wait_process(int pidfd, uint64_t timeout_ns)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
	uint64_t end = clock_monotonic_ns() + timeout_ns;

	for (;;) {
		uint64_t now = clock_monotonic_ns();
		uint64_t left_ms = now < end ? (end - now + NS_PER_MS - 1) / NS_PER_MS : 0;
		int n = poll(&poll_fd, 1, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);

		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0 && clock_monotonic_ns() >= end)
			return -ETIMEDOUT;
	}
}

/* Will the signal be lost? Decided after the program had time to install its handlers, or has
 * ended. */
static bool is_deaf(const struct liveness *liveness, int pidfd, int signal)
{
	for (;;) {
		struct process_signals signals;
		uint64_t now = clock_wall_ns();

		if (process_signals_read(liveness->pid, &signals) < 0 ||
		    !process_signals_are_lost(&signals, signal))
			return false;
		if (now < liveness->started_ns || now - liveness->started_ns >= YOUNG_NS)
			return true;
		if (wait_process(pidfd, SETTLE_STEP_MS * NS_PER_MS) == 0)
			return false;
	}
}

/* SIGKILL to everything in it; a paused one is thawed first. */
static int kill_all(struct engine *engine, const char *id, int pidfd, struct err *e)
{
	char path[CGROUP_PATH_SIZE];
	struct cgroup cgroup;
	int r;

	(void)pidfd_kill(pidfd, SIGKILL);
	container_cgroup_path(engine, id, path);
	r = cgroup_init(&cgroup, path, e);
	if (r < 0)
		return r;
	r = cgroup_open(&cgroup, e);
	if (r == 0)
		r = cgroup_kill(&cgroup, KILL_TIMEOUT_NS, e);
	cgroup_done(&cgroup);
	return r;
}

static int kill_now(struct engine *engine, struct engine_stopping *s, struct err *e)
{
	int r = kill_all(engine, s->id, s->pidfd, e);

	s->is_killed = true;
	return r < 0 ? err_wrap(e, r, "stop container %s", s->name) : 0;
}

/* The stop signal, or SIGKILL where it would do nothing. */
static int send_signal(struct engine *engine, const struct container *c, int timeout_s,
		       struct engine_stopping *s, struct err *e)
{
	int r;

	s->pidfd = liveness_open_init(&c->liveness);
	/* It has just ended by itself. */
	if (s->pidfd < 0)
		return 0;
	s->report.is_signal_unhandled =
		timeout_s != 0 && is_deaf(&c->liveness, s->pidfd, s->report.signal);
	if (timeout_s == 0 || s->report.is_signal_unhandled) {
		s->report.was_killed = true;
		return kill_now(engine, s, e);
	}
	r = pidfd_kill(s->pidfd, s->report.signal);
	if (r < 0 && r != -ESRCH)
		return err_sys(e, r, "send signal %d to container %s", s->report.signal,
			       s->name);
	s->deadline_ns = timeout_s < 0 ? UINT64_MAX
				       : clock_monotonic_ns() + (uint64_t)timeout_s * NS_PER_S;
	return 0;
}

int engine_stop_begin(struct engine *engine, const char *container, int signal, int timeout_s,
		      struct engine_stopping *ret, struct err *e)
{
	struct engine_stopping s = { .pidfd = -EBADF };
	AUTO_ARENA struct arena arena = { 0 };
	struct container found;
	int r = engine_get(engine, container, &arena, &found, e);

	if (r < 0)
		return r;
	memcpy(s.id, found.record.id, sizeof(s.id));
	memcpy(s.name, found.record.name, sizeof(s.name));
	s.report.was_running = found.liveness.status == STATUS_RUNNING;
	r = stop_signal(&found.record.config, signal, &s.report.signal, e);
	if (timeout_s == -1)
		timeout_s = found.record.config.stop_timeout >= 0
				    ? found.record.config.stop_timeout
				    : STOP_TIMEOUT_DEFAULT_S;
	if (r == 0 && s.report.was_running)
		r = send_signal(engine, &found, timeout_s, &s, e);
	if (r < 0) {
		(void)fd_close(s.pidfd);
		return r;
	}
	*ret = s;
	return 0;
}

static int wait_or_kill(struct engine *engine, struct engine_stopping *s, struct err *e)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t left = s->deadline_ns == UINT64_MAX ? UINT64_MAX / 4
			: s->deadline_ns > now	     ? s->deadline_ns - now
						     : 0;

	if (s->is_killed || wait_process(s->pidfd, left) == 0)
		return 0;
	s->report.was_killed = true;
	return kill_now(engine, s, e);
}

int engine_stop_end(struct engine *engine, struct engine_stopping *stopping, struct err *e)
{
	AUTO_CLOSE int pidfd = stopping->pidfd;
	int r;

	if (!stopping->report.was_running)
		return 0;
	r = pidfd < 0 ? 0 : wait_or_kill(engine, stopping, e);
	if (r < 0)
		return r;
	r = liveness_wait(&engine->state, stopping->id, KILL_TIMEOUT_NS);
	return r < 0 ? err_sys(e, r, "wait for the monitor of container %s", stopping->name)
		     : 0;
}

int engine_stop(struct engine *engine, const char *container, int signal, int timeout_s,
		struct engine_stop_report *ret, struct err *e)
{
	struct engine_stopping stopping;
	int r = engine_stop_begin(engine, container, signal, timeout_s, &stopping, e);

	if (r == 0)
		r = engine_stop_end(engine, &stopping, e);
	if (r == 0)
		*ret = stopping.report;
	return r;
}

int engine_kill(struct engine *engine, const char *container, int signal, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int pidfd = -EBADF;
	struct container found;
	int r = engine_get(engine, container, &arena, &found, e);

	if (r < 0)
		return r;
	pidfd = found.liveness.status == STATUS_RUNNING ? liveness_open_init(&found.liveness)
							: -ESRCH;
	if (pidfd < 0)
		return err_set(e, ERR_CONFLICT, -ESRCH,
			       "Cannot kill container: %s: container %s is not running",
			       container, found.record.id);
	if (signal == SIGKILL)
		return kill_all(engine, found.record.id, pidfd, e);
	r = pidfd_kill(pidfd, signal);
	return r < 0 ? err_sys(e, r, "Cannot kill container: %s", container) : 0;
}

/* The monitor says the code itself: the exit file of a --rm container may be gone before we
 * come to read it. */
static int wait_attached(int client_fd, int *ret_code)
{
	struct attach_header header;
	char data[ATTACH_DATA_MAX];

	for (;;) {
		ssize_t n = attach_receive(client_fd, &header, data);

		if (n == -EINTR)
			continue;
		if (n < 0)
			return (int)n;
		if (header.type == ATTACH_EXIT) {
			*ret_code = (int)header.value;
			return 0;
		}
	}
}

int engine_wait(struct engine *engine, const char *container, int *ret_code, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int client_fd = -EBADF;
	struct container found;
	int r = engine_get(engine, container, &arena, &found, e);

	if (r < 0)
		return r;
	if (found.liveness.status == STATUS_RUNNING) {
		char id[ID_SIZE];

		memcpy(id, found.record.id, sizeof(id));
		client_fd = engine_attach(engine, id, 0, NULL);
		if (client_fd >= 0 && wait_attached(client_fd, ret_code) == 0)
			return 0;
		r = liveness_wait(&engine->state, id, 0);
		if (r == 0)
			r = engine_get(engine, id, &arena, &found, e);
		if (r < 0)
			return r;
	}
	*ret_code = found.liveness.exit_code;
	return 0;
}
