/*
 * The parent's side of the conversation with init.
 *
 * Runs in: cli (engine), runtime.
 * See: proto/sync.h; user_namespaces(7) "Interaction with system calls that change process
 * UIDs".
 */
#include <fcntl.h>
#include <inttypes.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "linux/namespace.h"
#include "proto/sync.h"
#include "runtime/launch_state.h"
#include "runtime/runtime.h"
#include "runtime/user_maps.h"

enum { END_WAIT_MS = 1000 };

/* --- maps of a new user namespace
 * ------------------------------------------------------------------------------------------ */

/* Of a child in a new user namespace, for there it may lower it no more. */
static int oom_score_write(const struct runtime_launch *launch, struct err *e)
{
	const struct spec_process *process = &launch->spec->process;
	char path[64];
	char text[16];

	if (!process->has_oom_score_adj || launch->has_birth)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", (int)launch->pid);
	(void)snprintf(text, sizeof(text), "%d", process->oom_score_adj);
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : fd_write_all(fd, text, strlen(text));

	return r < 0 ? err_sys(e, r, "write \"%s\" to %s", text, path) : 0;
}

static int maps_answer(const struct runtime_launch *launch, struct err *e)
{
	int r;

	if (!launch->spec || launch->pid <= 0)
		return err_sys(e, EPROTO, "init asks for maps that nobody has");
	r = user_maps_write(launch->pid, launch->spec, e);
	if (r == 0)
		r = oom_score_write(launch, e);
	if (r == 0)
		r = sync_send(launch->sync_fd, SYNC_MAPS_WRITTEN, 0);
	return r;
}

/* --- stages
 * ------------------------------------------------------------------------------------------------------------------
 */

/* Init ignores a SIGSTOP of its own in a pid namespace; one from outside it cannot. */
static void stage_seen(const struct runtime_launch *launch, const struct sync_message *message)
{
	const char *name =
		message->value < STAGE_COUNT ? stage_name((enum stage)message->value) : "?";
	uint64_t age_us = (clock_monotonic_ns() - message->time_ns) / 1000;

	if (launch->is_traced)
		log_trace("init: stage %s (%" PRIu64 " us ago)", name, age_us);
	if (!str_equal(launch->hold_stage, name))
		return;
	if (launch->pidfd >= 0)
		(void)pidfd_kill(launch->pidfd, SIGSTOP);
	else if (launch->pid > 0)
		(void)kill(launch->pid, SIGSTOP);
	log_warn("init is held before stage %s: pid %d; kill -CONT lets it go on", name,
		 (int)launch->pid);
}

/* --- the end
 * ------------------------------------------------------------------------------------------------------------------
 */

/* How init ended, for a parent that can know it; its status is left for whoever waits for it.
 */
static int end_report(const struct runtime_launch *launch, struct err *e)
{
	siginfo_t info = { .si_pid = 0 };
	struct pollfd p = { .fd = launch->pidfd, .events = POLLIN };

	if (launch->pidfd >= 0)
		(void)poll(&p, 1, END_WAIT_MS);
	if (launch->pidfd < 0 ||
	    waitid(P_PIDFD, (id_t)launch->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	    info.si_pid == 0)
		return err_set(e, ERR_INTERNAL, -EPROTO, "init ended before it was ready");
	if (info.si_code == CLD_EXITED)
		return err_set(e, ERR_INTERNAL, -EPROTO,
			       "init ended with code %d before it was ready", info.si_status);
	(void)err_set(e, ERR_INTERNAL, -EPROTO,
		      "init was killed by signal %d before it was ready", info.si_status);
	if (info.si_status == SIGKILL)
		return err_hint(e, -EPROTO, "a memory limit that is too small does that");
	return -EPROTO;
}

static int error_code(const struct err *e)
{
	return e && e->code < 0 ? e->code : -EPROTO;
}

/* One message. Returns its type, 0 at the end of file, or -errno. */
static int message_handle(struct runtime_launch *launch, struct err *e)
{
	struct sync_message message = { 0 };
	int type = sync_receive(launch->sync_fd, &message, e);
	int r = 0;

	if (type < 0)
		return err_sys(e, type, "receive from init");
	switch (type) {
	case 0:
	case SYNC_READY:
		return type;
	case SYNC_ERROR:
		return error_code(e);
	case SYNC_STAGE:
		stage_seen(launch, &message);
		return type;
	case SYNC_HOOKS:
		r = launch_state_answer(launch, e);
		return r < 0 ? r : type;
	case SYNC_NEED_MAPS:
		r = maps_answer(launch, e);
		return r < 0 ? r : type;
	default:
		return err_set(e, ERR_INTERNAL, -EPROTO, "init sent message %d out of turn",
			       type);
	}
}

int runtime_await(struct runtime_launch *launch, struct err *e)
{
	int type;

	launch->child_sync_fd = fd_close(launch->child_sync_fd);
	do {
		type = message_handle(launch, e);
	} while (type > 0 && type != SYNC_READY);
	if (type == 0)
		return end_report(launch, e);
	return type < 0 ? type : 0;
}

int runtime_release(struct runtime_launch *launch, struct err *e)
{
	int type = 0;
	int r;

	launch->child_sync_fd = fd_close(launch->child_sync_fd);
	if (launch->waits_for_start) {
		r = sync_send(launch->sync_fd, SYNC_START, 0);
		if (r < 0)
			return r == -EPIPE ? end_report(launch, e)
					   : err_sys(e, r, "start init");
	}
	do {
		type = message_handle(launch, e);
	} while (type > 0);
	return type;
}

int runtime_hand_over(struct runtime_launch *launch, struct err *e)
{
	int r = sync_send(launch->sync_fd, SYNC_RECORDED, 0);

	if (r == -EPIPE)
		return end_report(launch, e);
	return r < 0 ? err_sys(e, r, "let init wait for the start") : 0;
}

int runtime_start_other(int sync_fd, struct err *e)
{
	struct runtime_launch launch = {
		.sync_fd = sync_fd,
		.child_sync_fd = -EBADF,
		.pidfd = -EBADF,
		.waits_for_start = true,
		.is_traced = log_get_level() >= LOG_LEVEL_TRACE,
	};

	return runtime_release(&launch, e);
}
