/*
 * See stream_local.h.
 *
 * Runs in: cli.
 * See: signalfd(2); docker/cli cli/command/container/signals.go.
 */
#include "cli/stream_local.h"

#include <errno.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fd.h"

/* Never forwarded: they are about us, our terminal or a fault of ours. SIGPIPE is ignored while
 * connected. */
static const int own_signals[] = {
	SIGCHLD, SIGPIPE, SIGURG, SIGTTIN, SIGTTOU, SIGKILL, SIGSTOP,
	SIGSEGV, SIGBUS,  SIGFPE, SIGILL,  SIGTRAP, SIGSYS,  SIGABRT
};
/* Not forwarded, these end us. */
static const int ending_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void signals_of_interest(bool forwards, sigset_t *ret)
{
	(void)sigemptyset(ret);
	if (forwards) {
		(void)sigfillset(ret);
		for (size_t i = 0; i < COUNT(own_signals); i++)
			(void)sigdelset(ret, own_signals[i]);
	}
	for (size_t i = 0; i < COUNT(ending_signals); i++)
		(void)sigaddset(ret, ending_signals[i]);
	(void)sigaddset(ret, SIGWINCH);
	(void)sigaddset(ret, SIGCONT);
}

int stream_local_open(struct stream_local *local, const struct stream_options *options,
		      struct err *e)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t wanted;

	local->options = options;
	local->terminal = (struct terminal){ 0 };
	local->filter = (struct detach_filter){ 0 };
	if (options->is_tty)
		local->filter.keys = options->detach_keys;
	local->is_input_over = !options->has_input;
	sink_init(&local->output, STDOUT_FILENO);
	sink_init(&local->error, STDERR_FILENO);
	signals_of_interest(options->forwards_signals, &wanted);
	local->signal_fd = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
	if (local->signal_fd < 0)
		return err_sys(e, errno, "signalfd");
	(void)sigprocmask(SIG_BLOCK, &wanted, &local->old_mask);
	(void)sigaction(SIGPIPE, &ignore, &local->old_pipe);
	if (options->is_tty && options->has_input && isatty(STDIN_FILENO))
		(void)terminal_raw(&local->terminal, STDIN_FILENO);
	else if (options->is_tty && isatty(STDOUT_FILENO))
		(void)terminal_raw_output(&local->terminal, STDOUT_FILENO);
	return 0;
}

void stream_local_close(struct stream_local *local)
{
	terminal_restore(&local->terminal);
	local->signal_fd = fd_close(local->signal_fd);
	(void)sigaction(SIGPIPE, &local->old_pipe, NULL);
	(void)sigprocmask(SIG_SETMASK, &local->old_mask, NULL);
}

/* End by `number` as if we had never caught it, with the terminal as it was. */
static _Noreturn void end_by_signal(struct stream_local *local, int number)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t one;

	stream_local_close(local);
	(void)sigaction(number, &action, NULL);
	(void)sigemptyset(&one);
	(void)sigaddset(&one, number);
	(void)sigprocmask(SIG_UNBLOCK, &one, NULL);
	(void)raise(number);
	_exit(128 + number);
}

void stream_local_await(const struct stream_local *local, struct pollfd *waits,
			bool takes_input)
{
	bool reads = takes_input && !local->is_input_over;

	waits[WAIT_SIGNAL] = (struct pollfd){ .fd = local->signal_fd, .events = POLLIN };
	waits[WAIT_INPUT] =
		(struct pollfd){ .fd = reads ? STDIN_FILENO : -1, .events = POLLIN };
	waits[WAIT_OUTPUT] = sink_poll(&local->output);
	waits[WAIT_ERROR] = sink_poll(&local->error);
}

bool stream_local_has_room(const struct stream_local *local)
{
	return local->output.len == 0 && local->error.len == 0;
}

static int check_write(struct stream_local *local, int r, const char *name, struct err *e)
{
	if (r == -EPIPE)
		end_by_signal(local, SIGPIPE);
	return r < 0 ? err_sys(e, r, "write to standard %s", name) : 0;
}

int stream_local_write(struct stream_local *local, const struct pollfd *waits, struct err *e)
{
	int r = 0;

	if (waits[WAIT_OUTPUT].revents)
		r = check_write(local, sink_write(&local->output), "output", e);
	if (r == 0 && waits[WAIT_ERROR].revents)
		r = check_write(local, sink_write(&local->error), "error", e);
	return r;
}

int stream_local_finish(struct stream_local *local, struct err *e)
{
	int r = check_write(local, sink_write_all(&local->output), "output", e);

	return r < 0 ? r : check_write(local, sink_write_all(&local->error), "error", e);
}

static bool is_ending(int number)
{
	for (size_t i = 0; i < COUNT(ending_signals); i++) {
		if (ending_signals[i] == number)
			return true;
	}
	return false;
}

int stream_local_signal(struct stream_local *local, bool *ret_is_resized)
{
	struct signalfd_siginfo info;
	ssize_t n = read(local->signal_fd, &info, sizeof(info));
	int number = n == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;

	*ret_is_resized = number == SIGWINCH || number == SIGCONT;
	if (number == SIGCONT)
		terminal_raw_again(&local->terminal);
	if (number == 0 || number == SIGWINCH || (number == SIGCONT && local->terminal.is_raw))
		return 0;
	/* Our terminal is gone, and with it whom the streams were for: the container goes on. */
	if (number == SIGHUP && local->terminal.is_raw)
		end_by_signal(local, number);
	if (local->options->forwards_signals)
		return number;
	if (is_ending(number))
		end_by_signal(local, number);
	return 0;
}

ssize_t stream_local_read(struct stream_local *local, char *data, size_t max)
{
	char typed[STREAM_INPUT_MAX];
	ssize_t n = read(STDIN_FILENO, typed, max);
	bool is_detached;
	size_t len;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) { /* the end; or the terminal is lost, which is the same to the program */
		local->is_input_over = true;
		return (ssize_t)detach_filter_end(&local->filter, data);
	}
	len = detach_filter(&local->filter, typed, (size_t)n, data, &is_detached);
	return is_detached ? -ECANCELED : (ssize_t)len;
}
