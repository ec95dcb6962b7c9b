/*
 * See run_dir.h.
 *
 * sun_path holds 107 bytes, a run root may be longer: the socket is bound and reached through
 * /proc/self/fd.
 *
 * Runs in: cli (engine).
 * See: flock(2), unix(7), proc_pid_stat(5).
 */
#include "store/run_dir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/id.h"
#include "base/process_stat.h"
#include "base/str.h"

enum { RUN_PATH_SIZE = 128, STATE_TEXT_MAX = 256, LISTEN_BACKLOG = 16 };

static void run_path(char path[RUN_PATH_SIZE], const char *id, const char *name)
{
	(void)snprintf(path, RUN_PATH_SIZE, "containers/%s%s%s", id, name ? "/" : "",
		       name ? name : "");
}

static int directory_make(const struct state *state, const char *id, const char *path)
{
	int r;

	FAULT("mkdir");
	if (mkdirat(state->runroot_fd, path, 0700) == 0)
		return 0;
	if (errno == ENOENT)
		return dir_make(state->runroot_fd, path, 0700);
	if (errno != EEXIST)
		return -errno;
	r = run_dir_remove(state, id);
	if (r < 0)
		return r;
	return mkdirat(state->runroot_fd, path, 0700) < 0 ? -errno : 0;
}

static int alive_lock(int dir_fd)
{
	FAULT("open");
	/* Whoever asks whether we are alive holds a shared lock for a moment: wait for it. */
	return file_lock(dir_fd, "alive");
}

static void attach_address(int dir_fd, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/attach",
		       dir_fd);
}

static int attach_listen(int dir_fd)
{
	AUTO_CLOSE int fd = -EBADF;
	struct sockaddr_un address;

	FAULT("socket");
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	attach_address(dir_fd, &address);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, LISTEN_BACKLOG) < 0)
		return -errno;
	return fd_take(&fd);
}

int run_dir_make(const struct state *state, const char *id, struct run_dir *ret, struct err *e)
{
	char path[RUN_PATH_SIZE];
	int r;

	*ret = (struct run_dir){ -EBADF, -EBADF, -EBADF };
	run_path(path, id, NULL);
	r = directory_make(state, id, path);
	if (r < 0)
		return err_sys(e, r, "make directory %s/%s", state->runroot, path);
	ret->fd = openat(state->runroot_fd, path,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (ret->fd < 0)
		return err_sys(e, errno, "open %s/%s", state->runroot, path);
	ret->alive_fd = alive_lock(ret->fd);
	if (ret->alive_fd < 0) {
		r = err_sys(e, ret->alive_fd, "lock %s/%s/alive", state->runroot, path);
		run_dir_close(ret);
		return r;
	}
	ret->listen_fd = attach_listen(ret->fd);
	if (ret->listen_fd < 0) {
		r = err_sys(e, ret->listen_fd, "listen at %s/%s/attach", state->runroot, path);
		run_dir_close(ret);
		return r;
	}
	return 0;
}

void run_dir_close(struct run_dir *dir)
{
	dir->fd = fd_close(dir->fd);
	dir->alive_fd = fd_close(dir->alive_fd);
	dir->listen_fd = fd_close(dir->listen_fd);
}

int run_dir_remove(const struct state *state, const char *id)
{
	static const char *const files[] = { "alive", "attach", "state" };
	char path[RUN_PATH_SIZE];

	FAULT("unlink");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		run_path(path, id, files[i]);
		if (unlinkat(state->runroot_fd, path, 0) < 0 && errno != ENOENT)
			return -errno;
	}
	run_path(path, id, NULL);
	if (unlinkat(state->runroot_fd, path, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	return dir_remove(state->runroot_fd, path);
}

static ssize_t proc_read(const char *path, char *text, size_t size)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return len;
}

int process_start_ticks(pid_t pid, uint64_t *ret)
{
	struct process_stat stat;
	int r = process_stat_read(pid, &stat);

	if (r == 0)
		*ret = stat.start_ticks;
	return r;
}

int boot_id_read(char boot_id[BOOT_ID_SIZE])
{
	char text[64];
	ssize_t len = proc_read("/proc/sys/kernel/random/boot_id", text, sizeof(text));

	if (len < BOOT_ID_SIZE - 1)
		return len < 0 ? (int)len : -EIO;
	memcpy(boot_id, text, BOOT_ID_SIZE - 1);
	boot_id[BOOT_ID_SIZE - 1] = '\0';
	return 0;
}

static int state_write_text(int run_dir_fd, const char *text, size_t len)
{
	AUTO_CLOSE int fd = -EBADF;

	FAULT("open");
	fd = openat(run_dir_fd, ".state", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		return -EIO;
	return renameat(run_dir_fd, ".state", run_dir_fd, "state") < 0 ? -errno : 0;
}

int run_state_write(int run_dir_fd, struct run_state *run_state, struct err *e)
{
	char text[STATE_TEXT_MAX];
	int len;
	int r;

	/* Gone already: what it said before (its program does not exist ...) is waiting to be
	 * heard, and 0 is nobody's start. */
	if (process_start_ticks(run_state->pid, &run_state->start_ticks) < 0)
		run_state->start_ticks = 0;
	r = boot_id_read(run_state->boot_id);
	if (r < 0)
		return err_sys(e, r, "read the boot id");
	len = snprintf(text, sizeof(text), "1 %d %llu %d %llu %llu %s\n", (int)run_state->pid,
		       (unsigned long long)run_state->start_ticks, (int)run_state->monitor_pid,
		       (unsigned long long)run_state->run,
		       (unsigned long long)run_state->started_ns, run_state->boot_id);
	r = state_write_text(run_dir_fd, text, (size_t)len);
	return r < 0 ? err_sys(e, r, "write the run directory's state") : 0;
}

int run_state_read(const struct state *state, const char *id, struct run_state *ret)
{
	unsigned long long ticks;
	unsigned long long run;
	unsigned long long started;
	char path[RUN_PATH_SIZE];
	char text[STATE_TEXT_MAX];
	char boot_id[BOOT_ID_SIZE];
	AUTO_CLOSE int fd = -EBADF;
	int monitor_pid;
	ssize_t len;
	int pid;

	run_path(path, id, "state");
	fd = openat(state->runroot_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	if (len <= 0)
		return -EBADMSG;
	text[len] = '\0';
	if (sscanf(text, "1 %d %llu %d %llu %llu %36s\n", &pid, &ticks, &monitor_pid, &run,
		   &started, boot_id) != 6 ||
	    pid <= 0)
		return -EBADMSG;
	*ret = (struct run_state){ pid, ticks, monitor_pid, run, started, "" };
	return str_copy(ret->boot_id, sizeof(ret->boot_id), boot_id);
}

static int alive_open(const struct state *state, const char *id)
{
	char path[RUN_PATH_SIZE];
	int fd;

	run_path(path, id, "alive");
	fd = openat(state->runroot_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool run_dir_is_alive(const struct state *state, const char *id)
{
	AUTO_CLOSE int fd = alive_open(state, id);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

/* A lock has no descriptor to poll: a limited wait asks again, in steps of 1 to 16 ms. Callers
 * poll init's pidfd first. */
static int lock_with_timeout(int fd, uint64_t timeout_ns)
{
	uint64_t end = clock_monotonic_ns() + timeout_ns;
	uint64_t step = 1000000;

	while (flock(fd, LOCK_SH | LOCK_NB) < 0) {
		uint64_t now = clock_monotonic_ns();
		struct timespec pause;

		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (now >= end)
			return -ETIMEDOUT;
		step = step < end - now ? step : end - now;
		pause = (struct timespec){ (time_t)(step / 1000000000),
					   (long)(step % 1000000000) };
		(void)nanosleep(&pause, NULL);
		step = step < 16000000 ? step * 2 : step;
	}
	return 0;
}

int run_dir_wait(const struct state *state, const char *id, uint64_t timeout_ns)
{
	AUTO_CLOSE int fd = alive_open(state, id);

	if (fd < 0)
		return 0;
	if (timeout_ns > 0)
		return lock_with_timeout(fd, timeout_ns);
	while (flock(fd, LOCK_SH) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int run_dir_connect(const struct state *state, const char *id)
{
	AUTO_CLOSE int dir_fd = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	struct sockaddr_un address;
	char path[RUN_PATH_SIZE];

	run_path(path, id, NULL);
	dir_fd = openat(state->runroot_fd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir_fd < 0)
		return -errno;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	attach_address(dir_fd, &address);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return fd_take(&fd);
}
