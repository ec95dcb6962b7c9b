/*
 * See registry_process.h.
 *
 * Runs in: cli (engine).
 */
#include "image/registry_process.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/program.h"
#include "base/str.h"
#include "linux/namespace.h"
#include "linux/process.h"
#include "proto/fetch.h"

enum { EXIT_NOT_EXECUTED = 127, FD_FROM = FETCH_FD_SOCKET + 1 };

struct birth {
	const char *path;
	char *const *environment;
	int null_fd; /* both beyond the numbers that the child puts something at */
	int socket_fd;
	pid_t parent;
};

static void birth_execute(const void *context)
{
	const struct birth *birth = context;
	char *const argv[] = { (char *)(uintptr_t)birth->path, NULL };

	process_reset_signals();
	(void)setpgid(0, 0);
	if (process_die_with_parent() < 0 || getppid() != birth->parent)
		_exit(EXIT_NOT_EXECUTED);
	if (dup2(birth->null_fd, STDIN_FILENO) < 0 || dup2(birth->null_fd, STDOUT_FILENO) < 0)
		_exit(EXIT_NOT_EXECUTED);
	/* What a library prints must not reach a terminal: its bytes may be a stranger's. */
	if (log_get_level() < LOG_LEVEL_DEBUG && dup2(birth->null_fd, STDERR_FILENO) < 0)
		_exit(EXIT_NOT_EXECUTED);
	if (dup2(birth->socket_fd, FETCH_FD_SOCKET) < 0 ||
	    process_close_on_exec(FETCH_FD_SOCKET + 1, ~0U) < 0)
		_exit(EXIT_NOT_EXECUTED);
	(void)execve(birth->path, argv, birth->environment);
	_exit(EXIT_NOT_EXECUTED);
}

/* What it reads, and nothing else: whoever takes it over finds no secrets of the caller's. */
static void choose_environment(struct arena *arena, struct strv *ret)
{
	static const char *const wanted[] = { "HOY_FETCH_", "HOY_FAULT",
					      "SSL_CERT_FILE=", "ASAN_OPTIONS=" };

	for (char *const *variable = environ; variable && *variable; variable++)
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
			if (str_starts(*variable, wanted[i]))
				strv_add_borrowed(ret, arena, *variable);
}

static int move_high(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_FROM);
	int r = high < 0 ? -errno : high;

	(void)fd_close(fd);
	return r;
}

static int process_bear(const char *path, int socket_fd, struct registry_process *ret,
			struct err *e)
{
	static char *const nothing[] = { NULL };
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_CLOSE int null_fd = move_high(open("/dev/null", O_RDWR | O_CLOEXEC));
	struct strv environment = { 0 };
	struct birth birth = {
		.path = path, .null_fd = null_fd, .socket_fd = socket_fd, .parent = getpid()
	};
	pid_t pid;

	choose_environment(&arena, &environment);
	if (null_fd < 0 || arena_ok(&arena) < 0)
		return err_sys(e, null_fd < 0 ? null_fd : ENOMEM, "start %s", FETCH_PROGRAM);
	birth.environment = environment.items ? environment.items : nothing;
	pid = clone_vfork(0, birth_execute, &birth, &ret->pidfd);
	if (pid < 0)
		return err_sys(e, pid, "start %s", FETCH_PROGRAM);
	ret->pid = pid;
	return 0;
}

int registry_process_start(struct registry_process *ret, struct err *e)
{
	AUTO_CLOSE int ours = -EBADF;
	AUTO_CLOSE int its = -EBADF;
	char path[PATH_MAX];
	int ends[2];
	int r = program_path(FETCH_PROGRAM, path, sizeof(path), e);

	if (r < 0)
		return r;
	FAULT("socketpair");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	ours = ends[0];
	its = move_high(ends[1]);
	if (its < 0)
		return err_sys(e, its, "make a socket pair");
	*ret = (struct registry_process){ .pidfd = -EBADF, .socket_fd = -EBADF };
	r = process_bear(path, its, ret, e);
	if (r == 0)
		ret->socket_fd = fd_take(&ours);
	return r;
}

static int process_wait(struct registry_process *process)
{
	int status = 0;

	while (waitpid(process->pid, &status, 0) < 0)
		if (errno != EINTR)
			break;
	process->pid = 0;
	process->pidfd = fd_close(process->pidfd);
	process->socket_fd = fd_close(process->socket_fd);
	return status;
}

int registry_process_died(struct registry_process *process, struct err *e)
{
	int status;

	if (process->pid <= 0)
		return err_set(e, ERR_INTERNAL, -EPIPE, "%s is gone", FETCH_PROGRAM);
	/* It has closed its end, so it is ending; what does not end is made to. */
	process->socket_fd = fd_close(process->socket_fd);
	(void)pidfd_kill(process->pidfd, SIGTERM);
	status = process_wait(process);
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGTERM)
		return err_set(e, ERR_INTERNAL, -EPIPE, "%s was killed by signal %d (%s)",
			       FETCH_PROGRAM, WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_EXECUTED)
		return err_set(e, ERR_INTERNAL, -EPIPE, "%s cannot be executed", FETCH_PROGRAM);
	return err_set(e, ERR_INTERNAL, -EPIPE, "%s has ended", FETCH_PROGRAM);
}

void registry_process_end(struct registry_process *process)
{
	if (process->pid <= 0)
		return;
	/* Its end, too, should it not be killed. */
	process->socket_fd = fd_close(process->socket_fd);
	(void)pidfd_kill(process->pidfd, SIGKILL);
	(void)process_wait(process);
}
