/*
 * See foreground.h.
 *
 * Runs in: runtime.
 */
#include "oci/foreground.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/namespace.h"
#include "linux/terminal.h"

enum { WAIT_SIGNAL, WAIT_END, WAIT_INPUT, WAIT_MASTER, WAIT_COUNT };
enum { COPY_SIZE = 16384, CODE_OF_SIGNAL = 128 };

/* --- signals ----------------------------------------------------------------------------- */

/* Not forwarded: they are about us, our terminal or a fault of ours. */
static void signals_of_interest(sigset_t *ret)
{
	static const int own[] = { SIGCHLD, SIGPIPE, SIGURG, SIGTTIN, SIGTTOU, SIGTSTP, SIGSEGV,
				   SIGBUS,  SIGFPE,  SIGILL, SIGTRAP, SIGSYS,  SIGABRT };

	(void)sigfillset(ret);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		(void)sigdelset(ret, own[i]);
}

int foreground_begin(struct foreground *f, struct err *e)
{
	sigset_t wanted;

	*f = (struct foreground){ .master_fd = -1 };
	signals_of_interest(&wanted);
	f->signal_fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	if (f->signal_fd < 0)
		return err_sys(e, errno, "signalfd");
	(void)sigprocmask(SIG_BLOCK, &wanted, &f->old_mask);
	return 0;
}

void foreground_end(struct foreground *f)
{
	terminal_restore(&f->terminal);
	f->signal_fd = fd_close(f->signal_fd);
	(void)sigprocmask(SIG_SETMASK, &f->old_mask, NULL);
}

static void resize(const struct foreground *f)
{
	uint32_t size = terminal_size();

	if (f->master_fd >= 0 && size != 0)
		(void)terminal_set_size(f->master_fd, size >> 16, size & 0xffff);
}

static void signal_handle(struct foreground *f, int pidfd)
{
	struct signalfd_siginfo info;

	if (read(f->signal_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;
	if (info.ssi_signo == SIGCONT)
		terminal_raw_again(&f->terminal);
	if (info.ssi_signo == SIGWINCH || info.ssi_signo == SIGCONT)
		resize(f);
	if (info.ssi_signo != SIGWINCH)
		(void)pidfd_kill(pidfd, (int)info.ssi_signo);
}

/* --- the terminal ------------------------------------------------------------------------ */

static void terminal_begin(struct foreground *f)
{
	(void)fcntl(f->master_fd, F_SETFL, O_RDWR | O_NONBLOCK);
	resize(f);
	if (isatty(STDIN_FILENO))
		(void)terminal_raw(&f->terminal, STDIN_FILENO);
}

/* The end of our input is the end of the program's: what Ctrl-D says on a terminal. */
static void input_read(struct foreground *f)
{
	static const char end_of_transmission = 4;
	ssize_t n = read(STDIN_FILENO, f->input, sizeof(f->input));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		f->is_input_over = true;
		f->input[0] = end_of_transmission;
		n = 1;
	}
	f->input_len = (size_t)n;
}

static void input_write(struct foreground *f)
{
	ssize_t n = write(f->master_fd, f->input, f->input_len);

	if (n <= 0)
		return;
	f->input_len -= (size_t)n;
	memmove(f->input, f->input + n, f->input_len);
}

/* Returns false at the end, which is EIO: nobody has the other side open. */
static bool output_copy(struct foreground *f)
{
	char data[COPY_SIZE];
	ssize_t n = read(f->master_fd, data, sizeof(data));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	/* A reader of ours that has gone away is no reason to stop the program. */
	return n > 0 && (fd_write_all(STDOUT_FILENO, data, (size_t)n), true);
}

static void output_drain(struct foreground *f)
{
	struct pollfd p = { .fd = f->master_fd, .events = POLLIN };

	while (f->master_fd >= 0 && poll(&p, 1, 0) > 0 && p.revents & POLLIN && output_copy(f))
		continue;
}

/* --- the wait ---------------------------------------------------------------------------- */

static void waits_fill(const struct foreground *f, int pidfd, struct pollfd *waits)
{
	bool has_master = f->master_fd >= 0;
	bool reads = has_master && !f->is_input_over && f->input_len == 0;

	waits[WAIT_SIGNAL] = (struct pollfd){ .fd = f->signal_fd, .events = POLLIN };
	waits[WAIT_END] = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	waits[WAIT_INPUT] =
		(struct pollfd){ .fd = reads ? STDIN_FILENO : -1, .events = POLLIN };
	waits[WAIT_MASTER] = (struct pollfd){
		.fd = f->master_fd,
		.events = (short)(POLLIN | (f->input_len > 0 ? POLLOUT : 0)),
	};
}

static void terminal_serve(struct foreground *f, const struct pollfd *waits)
{
	if (waits[WAIT_INPUT].revents)
		input_read(f);
	if (waits[WAIT_MASTER].revents & POLLOUT)
		input_write(f);
	if (waits[WAIT_MASTER].revents & (POLLIN | POLLHUP | POLLERR) && !output_copy(f))
		f->master_fd = -1;
}

static int exit_code_of(int pidfd, struct err *e)
{
	siginfo_t info = { .si_pid = 0 };
	int r;

	do
		r = waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return err_sys(e, errno, "wait for the container's process");
	return info.si_code == CLD_EXITED ? info.si_status : CODE_OF_SIGNAL + info.si_status;
}

int foreground_wait(struct foreground *f, int pidfd, int master_fd, struct err *e)
{
	struct pollfd waits[WAIT_COUNT] = { { .revents = 0 } };

	f->master_fd = master_fd;
	if (master_fd >= 0)
		terminal_begin(f);
	while (!waits[WAIT_END].revents) {
		waits_fill(f, pidfd, waits);
		if (poll(waits, WAIT_COUNT, -1) < 0 && errno != EINTR)
			return err_sys(e, errno, "wait for the container's process");
		if (waits[WAIT_SIGNAL].revents)
			signal_handle(f, pidfd);
		terminal_serve(f, waits);
	}
	output_drain(f);
	terminal_restore(&f->terminal);
	return exit_code_of(pidfd, e);
}
