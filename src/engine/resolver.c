/*
 * See resolver.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/resolver.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "base/process_stat.h"
#include "base/program.h"
#include "engine/container_end.h"
#include "linux/namespace.h"
#include "linux/process.h"
#include "linux/socket_fd.h"
#include "proto/dns.h"
#include "runtime/cgroup.h"

enum {
	BACKLOG = 4096,
	ANSWER_SECONDS = 10,
	STOPPED_MS = 2000,
	TRIES = 3,
	END_TIMEOUT_MS = 10000,
	COMM_MAX = 64
};

/* --- the socket -------------------------------------------------------------------------- */

/* sun_path holds 107 bytes, a run root may be longer. */
static void address_of(const struct state *state, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/" DNS_SOCKET,
		       state->runroot_fd);
}

static int socket_open(void)
{
	int fd;

	FAULT("socket");
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* -ECONNREFUSED: nobody is there, whatever lies in the directory. */
static int connection_open(const struct state *state)
{
	const struct timeval most = { .tv_sec = ANSWER_SECONDS };
	AUTO_CLOSE int fd = socket_open();
	struct sockaddr_un address;

	if (fd < 0)
		return fd;
	address_of(state, &address);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most)) < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno == ENOENT ? -ECONNREFUSED : -errno;
	return fd_take(&fd);
}

/* The one that lies there is nobody's. */
static int listen_open(const struct state *state)
{
	AUTO_CLOSE int fd = socket_open();
	struct sockaddr_un address;

	if (fd < 0)
		return fd;
	address_of(state, &address);
	FAULT("unlink");
	if (unlinkat(state->runroot_fd, DNS_SOCKET, 0) < 0 && errno != ENOENT)
		return -errno;
	FAULT("bind");
	if (fchmod(fd, 0600) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return -errno;
	return fd_take(&fd);
}

/* --- starting it ------------------------------------------------------------------------- */

/* It listens once more, so that the socket says it is its own: resolver_end asks for that. */
static _Noreturn void resolver_become(struct engine *engine, const char *path, int listen_fd)
{
	char parent[CGROUP_PATH_SIZE];
	char runroot[PATH_MAX];
	char name[] = "hoy-dns";
	char *const argv[] = { name, runroot, NULL };
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)setsid();
	process_reset_signals();
	(void)snprintf(parent, sizeof(parent), "/%s", engine->state.instance);
	cgroup_leave_unit(parent);
	(void)str_copy(runroot, sizeof(runroot), engine->state.runroot);
	if (listen(listen_fd, BACKLOG) < 0 || null_fd < 0)
		_exit(1);
	for (int fd = 0; fd < DNS_FD_CONTROL; fd++)
		if (dup2(null_fd, fd) < 0)
			_exit(1);
	if (listen_fd == DNS_FD_CONTROL ? fd_set_cloexec(listen_fd, 0) < 0
					: dup2(listen_fd, DNS_FD_CONTROL) < 0)
		_exit(1);
	(void)process_close(DNS_FD_CONTROL + 1, ~0U);
	(void)execve(path, argv, fault_environment());
	_exit(1);
}

/* Not our child, so that nobody has to wait for its end. */
static int resolver_fork(struct engine *engine, const char *path, int listen_fd)
{
	pid_t pid;

	FAULT("fork");
	pid = fork();
	if (pid == 0) {
		pid = fork();
		if (pid == 0)
			resolver_become(engine, path, listen_fd);
		_exit(pid < 0);
	}
	if (pid < 0)
		return -errno;
	while (waitpid(pid, NULL, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int lock_open(const struct state *state)
{
	FAULT("open");
	return file_lock(state->runroot_fd, DNS_LOCK);
}

static int resolver_start(struct engine *engine, struct err *e)
{
	AUTO_CLOSE int listen_fd = -EBADF;
	char path[PATH_MAX];
	int r = program_path("hoy-dns", path, sizeof(path), e);

	if (r < 0)
		return r;
	listen_fd = listen_open(&engine->state);
	r = listen_fd < 0 ? listen_fd : resolver_fork(engine, path, listen_fd);
	return r < 0 ? err_sys(e, r, "start hoy-dns") : 0;
}

/* Whoever has the lock starts it; who waited for the lock finds it. */
static int connection_open_or_start(struct engine *engine, struct err *e)
{
	AUTO_CLOSE int lock_fd = lock_open(&engine->state);
	int fd;
	int r;

	if (lock_fd < 0)
		return err_sys(e, lock_fd, "lock %s/" DNS_LOCK, engine->state.runroot);
	fd = connection_open(&engine->state);
	if (fd == -ECONNREFUSED) {
		r = resolver_start(engine, e);
		if (r < 0)
			return r;
		fd = connection_open(&engine->state);
	}
	return fd < 0 ? err_sys(e, fd, "connect to hoy-dns") : fd;
}

/* --- ending it --------------------------------------------------------------------------- */

/* The process that listens, while somebody does: a pid that is someone else's by now is told from
 * it by the connection, which would have ended. */
static int listener_open(int connection_fd, pid_t *ret_pid)
{
	AUTO_CLOSE int pidfd = -EBADF;
	struct ucred peer = { 0 };
	socklen_t len = sizeof(peer);
	AUTO_FREE char *comm = NULL;
	char path[COMM_MAX];
	char byte;

	if (getsockopt(connection_fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	if (peer.pid <= 0)
		return -ESRCH;
	pidfd = pidfd_of(peer.pid);
	if (pidfd < 0)
		return pidfd;
	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)peer.pid);
	if (file_read(AT_FDCWD, path, COMM_MAX, &comm, NULL) < 0 ||
	    strcmp(comm, "hoy-dns\n") != 0 ||
	    recv(connection_fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN)
		return -ESRCH;
	*ret_pid = peer.pid;
	return fd_take(&pidfd);
}

/* With the process that reads resolv.conf for it, which has the same group. */
static int listener_kill(int connection_fd)
{
	struct pollfd ending = { .events = POLLIN };
	pid_t pid = 0;
	AUTO_CLOSE int pidfd = listener_open(connection_fd, &pid);

	if (pidfd < 0)
		return pidfd == -ESRCH ? 0 : pidfd;
	if (kill(-pid, SIGKILL) < 0 && errno != ESRCH)
		return -errno;
	ending.fd = pidfd;
	return poll(&ending, 1, END_TIMEOUT_MS) == 0 ? -ETIMEDOUT : 0;
}

/* --- saying and hearing ------------------------------------------------------------------ */

int resolver_say(struct engine *engine, const struct resolver_message *message, struct err *e)
{
	AUTO_CLOSE int fd = connection_open(&engine->state);
	int r;

	if (fd == -ECONNREFUSED && message->is_starting) {
		fd = connection_open_or_start(engine, e);
		if (fd < 0)
			return fd;
	}
	if (fd < 0)
		return err_sys(e, fd, "connect to hoy-dns");
	r = socket_send_fds(fd, message->text, message->len, message->fds, message->fd_count);
	/* Who has ended since is seen when we listen. */
	if (r < 0 && r != -EPIPE && r != -ECONNRESET)
		return err_sys(e, r, "speak to hoy-dns");
	return fd_take(&fd);
}

/* Who is stopped answers never; who is slow has more time. */
static bool is_stopped(int connection_fd)
{
	struct pollfd answer = { .fd = connection_fd, .events = POLLIN };
	struct process_stat stat;
	pid_t pid = 0;
	AUTO_CLOSE int pidfd = -EBADF;

	if (poll(&answer, 1, STOPPED_MS) != 0)
		return false;
	pidfd = listener_open(connection_fd, &pid);
	return pidfd >= 0 && process_stat_read(pid, &stat) == 0 && stat.state == 'T';
}

static int hear_answer(int fd, struct err *e)
{
	struct dns_reply reply;
	ssize_t n;

	do
		n = recv(fd, &reply, sizeof(reply), 0);
	while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return err_set(e, ERR_INTERNAL, -ECONNRESET, "hoy-dns has ended");
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return err_sys(e, ETIMEDOUT, "wait for hoy-dns");
	if (n != (ssize_t)sizeof(reply))
		return n < 0 ? err_sys(e, errno, "listen to hoy-dns")
			     : err_set(e, ERR_INTERNAL, -EPROTO, "hoy-dns is another version");
	reply.err.text[sizeof(reply.err.text) - 1] = '\0';
	if (reply.result < 0 && e)
		*e = reply.err;
	return reply.result;
}

/* As if it had ended by itself: monitors see that, and register their containers with the next. */
static int give_up(int connection_fd, struct err *e)
{
	int r;

	log_warn("hoy-dns does not answer and is replaced");
	r = listener_kill(connection_fd);
	return r < 0 ? err_sys(e, r, "end hoy-dns, which does not answer")
		     : err_set(e, ERR_INTERNAL, -ECONNRESET, "hoy-dns did not answer");
}

/* -ECONNRESET: it has ended, and nothing of what was said holds. */
static int hear_once(int take_fd, bool is_replacing, struct err *e)
{
	AUTO_CLOSE int fd = take_fd;
	struct err why = { 0 };
	int r = is_stopped(fd) ? err_set(&why, ERR_INTERNAL, -ETIMEDOUT, "hoy-dns is stopped")
			       : hear_answer(fd, &why);

	if (r == -ETIMEDOUT && is_replacing)
		return give_up(fd, e);
	if (r < 0 && e)
		*e = why;
	return r;
}

int resolver_hear(struct engine *engine, const struct resolver_message *message,
		  int take_connection_fd, struct err *e)
{
	struct err why = { 0 };
	int r = hear_once(take_connection_fd, message->is_replacing, &why);

	for (int i = 1; i < TRIES && r == -ECONNRESET && message->is_starting; i++) {
		int fd;

		why = (struct err){ 0 };
		fd = resolver_say(engine, message, &why);
		r = fd < 0 ? fd : hear_once(fd, message->is_replacing, &why);
	}
	if (r < 0 && e)
		*e = why;
	return r;
}

/* --- the end ----------------------------------------------------------------------------- */

int resolver_end(struct engine *engine, struct err *e)
{
	AUTO_CLOSE int fd = connection_open(&engine->state);
	int r = fd < 0 ? fd : listener_kill(fd);

	if (r < 0 && r != -ECONNREFUSED)
		return err_sys(e, r, "end hoy-dns");
	if (unlinkat(engine->state.runroot_fd, DNS_SOCKET, 0) < 0 && errno != ENOENT)
		return err_sys(e, errno, "remove %s/" DNS_SOCKET, engine->state.runroot);
	return 0;
}
