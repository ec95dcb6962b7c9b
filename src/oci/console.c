/*
 * See console.h.
 *
 * Runs in: runtime.
 */
#include "oci/console.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/caller_terminal.h"
#include "linux/socket_fd.h"
#include "linux/terminal.h"
#include "oci/unix_socket.h"

/* What runc sends along: the name under which it opened the master. */
#define MASTER_NAME "/dev/ptmx"

static int options_check(bool is_terminal, bool has_socket, bool is_detached, struct err *e)
{
	if (is_terminal && is_detached && !has_socket)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot allocate tty if hoy-runtime will detach without setting "
			       "console socket");
	if (has_socket && !(is_terminal && is_detached))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cannot use console socket if hoy-runtime will not detach or "
			       "allocate tty");
	return 0;
}

/* As large as the caller's from the first moment on: a program may ask before we can say. */
static void size_as_ours(struct spec_process *process)
{
	uint32_t size = terminal_size();

	if (process->console_rows || process->console_columns)
		return;
	process->console_rows = size >> 16;
	process->console_columns = size & 0xffff;
}

int console_prepare(struct spec_process *process, const char *socket_path, bool is_detached,
		    struct console *ret, struct err *e)
{
	int pair[2];
	int r = options_check(process->is_terminal, socket_path != NULL, is_detached, e);

	*ret = (struct console)CONSOLE_NONE;
	if (r < 0 || !process->is_terminal)
		return r;
	if (!socket_path) {
		size_as_ours(process);
		ret->is_plain = !isatty(STDOUT_FILENO);
	}
	if (socket_path) {
		ret->socket_fd = unix_socket_connect(AT_FDCWD, socket_path, SOCK_STREAM);
		if (ret->socket_fd < 0)
			return err_sys(e, ret->socket_fd, "connect to console socket %s",
				       socket_path);
	}
	/* Not blocking: by the time we look it has been sent, or never will be. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) {
		r = err_sys(e, errno, "make the sockets for the terminal");
		console_done(ret);
		return r;
	}
	ret->our_end = pair[0];
	ret->init_end = pair[1];
	return 0;
}

void console_done(struct console *console)
{
	console->init_end = fd_close(console->init_end);
	console->our_end = fd_close(console->our_end);
	console->socket_fd = fd_close(console->socket_fd);
}

int console_receive(struct console *console, struct err *e)
{
	AUTO_CLOSE int master = -EBADF;

	if (console->our_end < 0)
		return -1;
	master = socket_receive_fd(console->our_end);
	if (master < 0)
		return err_sys(e, master, "receive the terminal");
	if (!terminal_is_master(master))
		return err_set(e, ERR_DENIED, -ENOTTY,
			       "what came as the container's terminal is not the master of a "
			       "pseudo terminal");
	return fd_take(&master);
}

int console_pass_on(struct console *console, struct err *e)
{
	AUTO_CLOSE int master = -EBADF;
	int r;

	if (console->our_end < 0)
		return 0;
	master = console_receive(console, e);
	if (master < 0)
		return master;
	r = socket_send_fd(console->socket_fd, master, MASTER_NAME);
	return r < 0 ? err_sys(e, r, "send the terminal to the console socket") : 0;
}

int console_send_pidfd(const char *path, int pidfd, const char *text, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (!path)
		return 0;
	fd = unix_socket_connect(AT_FDCWD, path, SOCK_STREAM);
	r = fd < 0 ? fd : socket_send_fd(fd, pidfd, text);
	return r < 0 ? err_sys(e, r, "send the pidfd to %s", path) : 0;
}
