/*
 * See ending.h.
 *
 * Runs in: monitor.
 * See: proto/exit_file.h; cgroup-v1/memory.rst memory.oom_control, cgroup-v2.rst memory.events.
 */
#include "monitor/ending.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "monitor/internal.h"
#include "monitor/streams.h"
#include "proto/exit_file.h"

enum { EXIT_FILE_MODE = 0600, CODE_UNKNOWN = 255, OOM_FILE_MAX = 512 };

static const char exit_file_new[] = "." EXIT_FILE_NAME ".new";

void ending_reap_init(struct monitor *monitor)
{
	siginfo_t info = { 0 };
	int r;

	do {
		r = waitid(P_PIDFD, (id_t)monitor->pidfd, &info, WEXITED);
	} while (r < 0 && errno == EINTR);
	monitor->pidfd = fd_close(monitor->pidfd);
	if (r < 0)
		monitor->exit_code = CODE_UNKNOWN;
	else if (info.si_code == CLD_EXITED)
		monitor->exit_code = info.si_status & 0xff;
	else
		monitor->exit_code = 128 + info.si_status;
}

/* Whether the container's memory cgroup counts a process that was killed for want of memory: a
 * line "oom_kill N". */
static bool was_oom_killed(const struct monitor *monitor)
{
	static const char key[] = "oom_kill ";
	const char *name = monitor->table.flags & HANDOVER_CGROUP_V2 ? "memory.events"
								     : "memory.oom_control";
	AUTO_CLOSE int fd = openat(MONITOR_FD_MEMORY, name, O_RDONLY | O_CLOEXEC);
	char text[OOM_FILE_MAX];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return false;
	text[n] = '\0';
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, sizeof(key) - 1) == 0)
			return line[sizeof(key) - 1] != '0';
	}
	return false;
}

static int write_new(const char *text, size_t len, bool is_durable)
{
	AUTO_CLOSE int fd = -EBADF;
	int r;

	FAULT("open-exit");
	fd = openat(MONITOR_FD_CONTAINER, exit_file_new,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, EXIT_FILE_MODE);
	if (fd < 0)
		return -errno;
	FAULT("write-exit");
	r = fd_write_all(fd, text, len);
	if (r < 0)
		return r;
	return is_durable && fsync(fd) < 0 ? -errno : 0;
}

static int write_exit_file(const char *text, size_t len, bool is_durable)
{
	int r = write_new(text, len, is_durable);

	if (r < 0)
		return r;
	FAULT("rename-exit");
	if (renameat(MONITOR_FD_CONTAINER, exit_file_new, MONITOR_FD_CONTAINER,
		     EXIT_FILE_NAME) < 0)
		return -errno;
	return is_durable && fsync(MONITOR_FD_CONTAINER) < 0 ? -errno : 0;
}

/* On a full disk the oldest log makes room: the truth about the end is worth more than the
 * oldest lines. */
static bool free_some_space(const struct monitor *monitor)
{
	char name[LOG_FILE_NAME_SIZE];

	for (uint32_t number = monitor->table.log_max_files;
	     monitor->log.is_on && number-- > 0;) {
		log_file_name(&monitor->log.file, number, name);
		if (unlinkat(MONITOR_FD_CONTAINER, name, 0) == 0)
			return true;
	}
	return false;
}

static void publish_exit_file(struct monitor *monitor)
{
	struct exit_file exit = {
		.run = monitor->table.run,
		.code = monitor->exit_code,
		.is_oom_killed = was_oom_killed(monitor),
		.started_ns = monitor->table.started_ns,
		.finished_ns = clock_wall_ns(),
	};
	bool is_durable = monitor->table.flags & HANDOVER_EXIT_DURABLE;
	char text[EXIT_FILE_MAX];
	size_t len = exit_file_format(&exit, text);

	while (write_exit_file(text, len, is_durable) == -ENOSPC && free_some_space(monitor))
		;
}

void ending_publish(struct monitor *monitor)
{
	/* Signals and the first HELLO that came together with the end are not forgotten. */
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++)
		client_widen(&monitor->clients[i]);
	streams_drain(monitor);
	log_file_close(&monitor->log.file);
	if (!(monitor->table.flags & HANDOVER_NO_EXIT_FILE))
		publish_exit_file(monitor);
	/* Whoever is told that it has ended may remove it or start it again at once. */
	(void)flock(MONITOR_FD_ALIVE, LOCK_UN);
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++)
		client_exit(&monitor->clients[i], (uint32_t)monitor->exit_code);
}

void ending_become_reaper(struct monitor *monitor)
{
	if (!(monitor->table.flags & HANDOVER_REAP))
		return;
	if (FAULT_OR("exec-reap", 0) < 0)
		return;
	(void)syscall(SYS_close_range, 3U, ~0U, 0U);
	internal_execute(monitor, (char[]){ "reap" });
}
