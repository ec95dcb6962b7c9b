/*
 * See liveness.h.
 *
 * Runs in: cli (engine).
 */
#include "store/liveness.h"

#include <string.h>
#include <sys/syscall.h>

#include "base/fd.h"
#include "base/file.h"
#include "proto/exit_file.h"
#include "store/container_dir.h"
#include "store/run_dir.h"

enum { EXIT_CODE_LOST = 255 };

const char *container_status_text(enum container_status status)
{
	static const char *const texts[] = {
		[STATUS_CREATED] = "created",	[STATUS_RUNNING] = "running",
		[STATUS_PAUSED] = "paused",	[STATUS_RESTARTING] = "restarting",
		[STATUS_REMOVING] = "removing", [STATUS_EXITED] = "exited",
		[STATUS_DEAD] = "dead",
	};

	return texts[status];
}

/* The exit file of this run. Returns 0, or -ENOENT when there is none or it is of an earlier
 * run. */
static int exit_read(const struct state *state, const struct record *record,
		     struct exit_file *ret)
{
	char path[CONTAINER_PATH_SIZE];
	AUTO_FREE char *text = NULL;
	int r;

	container_path(path, DIR_CONTAINERS, record->id, EXIT_FILE_NAME);
	r = file_read(state->root_fd, path, EXIT_FILE_MAX, &text, NULL);
	if (r < 0)
		return r == -EFBIG || r == -EINVAL ? -ENOENT : r;
	if (exit_file_parse(text, ret) < 0 || ret->run != record->run)
		return -ENOENT;
	return 0;
}

static void set_ended(const struct exit_file *exit, struct liveness *l)
{
	l->status = STATUS_EXITED;
	l->exit_code = exit->code;
	l->is_oom_killed = exit->is_oom_killed;
	l->started_ns = exit->started_ns;
	l->finished_ns = exit->finished_ns;
}

static void set_running(const struct run_state *run, struct liveness *l)
{
	l->status = STATUS_RUNNING;
	l->pid = run->pid;
	l->start_ticks = run->start_ticks;
	l->monitor_pid = run->monitor_pid;
	l->started_ns = run->started_ns;
}

int liveness_read(const struct state *state, const struct record *record, struct liveness *ret,
		  struct err *e)
{
	struct liveness l = { .status = STATUS_CREATED, .exit_code = record->start_exit_code };
	struct exit_file exit;
	struct run_state run;
	bool has_run = false;
	int r;

	if (record->run == 0) {
		*ret = l;
		return 0;
	}
	has_run = run_state_read(state, record->id, &run) == 0 && run.run == record->run;
	if (has_run && run_dir_is_alive(state, record->id)) {
		set_running(&run, &l);
		*ret = l;
		return 0;
	}
	/* Only now: the monitor lets go of the lock after the exit file is written. */
	r = exit_read(state, record, &exit);
	if (r < 0 && r != -ENOENT)
		return err_sys(e, r, "read how container %.12s ended", record->id);
	if (r == 0) {
		set_ended(&exit, &l);
	} else if (!record->start_error) {
		l.status = STATUS_EXITED;
		l.exit_code = EXIT_CODE_LOST;
		l.is_monitor_lost = true;
		l.started_ns = has_run ? run.started_ns : 0;
	}
	/* A later start that failed: what init's end looked like to the monitor is not what
	 * happened. */
	if (record->start_error) {
		l.status = STATUS_EXITED;
		l.exit_code = record->start_exit_code;
	}
	*ret = l;
	return 0;
}

int liveness_wait(const struct state *state, const char *id, uint64_t timeout_ns)
{
	return run_dir_wait(state, id, timeout_ns);
}

int liveness_open_init(const struct liveness *liveness)
{
	AUTO_CLOSE int fd = -EBADF;
	uint64_t ticks;

	if (liveness->pid <= 0)
		return -ESRCH;
	fd = (int)syscall(SYS_pidfd_open, liveness->pid, 0);
	if (fd < 0)
		return -errno;
	/* The pidfd first: what it names cannot change any more while we look at the start
	 * time. */
	if (process_start_ticks(liveness->pid, &ticks) < 0 || ticks != liveness->start_ticks)
		return -ESRCH;
	return fd_take(&fd);
}
