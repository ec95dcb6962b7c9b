/*
 * See program_run.h.
 *
 * Runs in: runtime, init.
 * See: execve(2), memfd_create(2), pidfd_open(2).
 */
#include "linux/program_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "linux/memfd.h"
#include "linux/namespace.h"
#include "linux/process.h"

enum { EXIT_NOT_EXECUTED = 127, MS_PER_S = 1000, NS_PER_MS = 1000000 };

struct child {
	const struct program_run *program;
	int input;
	int output;
	int error;
	int *ret_errno; /* of execve; the child shares our memory until then */
};

static void child_execute(const void *context)
{
	static char *const nothing[] = { NULL };
	const struct child *child = context;
	const struct program_run *p = child->program;
	char *const only_path[] = { (char *)(uintptr_t)p->path, NULL };

	process_reset_signals();
	(void)setpgid(0, 0);
	if (dup2(child->input, STDIN_FILENO) >= 0 && dup2(child->output, STDOUT_FILENO) >= 0 &&
	    dup2(child->error, STDERR_FILENO) >= 0 &&
	    process_close_on_exec(STDERR_FILENO + 1, ~0U) == 0)
		(void)execve(p->path, p->argv && p->argv[0] ? p->argv : only_path,
			     p->envp ? p->envp : nothing);
	*child->ret_errno = errno;
	_exit(EXIT_NOT_EXECUTED);
}

/* A file in memory, above the numbers that the child puts something at. */
static int make_file(const char *name, const char *text)
{
	AUTO_CLOSE int fd = memfd_make(name);
	int high;
	int r;

	if (fd < 0)
		return fd;
	r = text ? fd_write_all(fd, text, strlen(text)) : 0;
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r < 0 || fd > STDERR_FILENO)
		return r < 0 ? r : fd_take(&fd);
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return high < 0 ? -errno : high;
}

/* Milliseconds until `deadline_ns`, for poll(2). */
static int time_left(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();

	if (now >= deadline_ns)
		return 0;
	return deadline_ns - now > (uint64_t)INT32_MAX * NS_PER_MS
		       ? INT32_MAX
		       : (int)((deadline_ns - now) / NS_PER_MS + 1);
}

static int wait_for(pid_t pid, int pidfd, uint32_t timeout_s, int *ret_status)
{
	uint64_t deadline =
		clock_monotonic_ns() + (uint64_t)timeout_s * MS_PER_S * (uint64_t)NS_PER_MS;
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&ended, 1, timeout_s ? time_left(deadline) : -1);
	while (n < 0 && errno == EINTR);
	/* Not waited for yet, so the number of its group is still its own. */
	if (n <= 0) {
		(void)kill(-pid, SIGKILL);
		(void)pidfd_kill(pidfd, SIGKILL);
	}
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return n <= 0 ? -ETIMEDOUT : 0;
}

/* The end of what was printed, control characters as spaces. */
static void output_read(int fd, char *output, size_t size)
{
	struct stat st;
	off_t skip;
	ssize_t n;

	output[0] = '\0';
	if (fstat(fd, &st) < 0)
		return;
	skip = st.st_size > (off_t)size - 1 ? st.st_size - ((off_t)size - 1) : 0;
	n = pread(fd, output, size - 1, skip);
	output[n > 0 ? n : 0] = '\0';
	for (char *c = output; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	for (size_t len = strlen(output); len > 0 && output[len - 1] == ' '; len--)
		output[len - 1] = '\0';
}

int program_run(const struct program_run *program, char *output, size_t size, int *ret_status)
{
	AUTO_CLOSE int input = make_file("input", program->input);
	AUTO_CLOSE int kept = make_file("output", NULL);
	AUTO_CLOSE int pidfd = -EBADF;
	int error = 0;
	pid_t pid;
	int r;
	const struct child child = {
		.program = program,
		.input = input,
		.output = program->output_fd >= 0 ? program->output_fd : kept,
		.error = program->error_fd >= 0 ? program->error_fd : kept,
		.ret_errno = &error,
	};

	if (size > 0)
		output[0] = '\0';
	if (input < 0 || kept < 0)
		return input < 0 ? input : kept;
	FAULT("hook");
	pid = clone_vfork(0, child_execute, &child, &pidfd);
	if (pid < 0)
		return pid;
	r = wait_for(pid, pidfd, program->timeout_s, ret_status);
	if (size > 0)
		output_read(kept, output, size);
	return error ? -error : r;
}
