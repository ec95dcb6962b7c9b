/*
 * See stream.h: a process of our own in a container, without a monitor between.
 *
 * Runs in: cli.
 */
#include "cli/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "cli/stream_local.h"

enum {
	WAIT_END = WAIT_LOCAL_COUNT,
	WAIT_FROM_OUTPUT,
	WAIT_FROM_ERROR,
	WAIT_TO_INPUT,
	WAIT_COUNT
};
enum {
	QUIET_MS = 100
}; /* after the process has ended, if somebody else keeps its output open */

struct execution {
	struct stream_local local;
	/* borrowed; descriptors at their end are closed and set to -EBADF */
	struct engine_exec *exec;
	int outputs[2]; /* of exec, or the terminal twice as one: {console, -EBADF} */
	int input;
	char data[STREAM_INPUT_SIZE]; /* input on its way */
	size_t start;
	size_t len;
	bool is_over;
	bool is_detached;
	int exit_code;
};

static void set_size(const struct execution *execution)
{
	uint32_t size = terminal_size();
	struct winsize winsize = {
		.ws_row = (unsigned short)(size >> 16),
		.ws_col = (unsigned short)(size & 0xffff),
	};

	if (execution->exec->console >= 0 && size != 0)
		(void)ioctl(execution->exec->console, TIOCSWINSZ, &winsize);
}

static void forward_signal(struct execution *execution)
{
	bool is_resized;
	int number = stream_local_signal(&execution->local, &is_resized);

	if (is_resized)
		set_size(execution);
	if (number > 0)
		(void)syscall(SYS_pidfd_send_signal, execution->exec->pidfd, number, NULL, 0);
}

/* The process gets the end of its input by the closing of the pipe; a terminal has none. */
static void end_input(struct execution *execution)
{
	if (execution->exec->console < 0)
		execution->exec->input = fd_close(execution->exec->input);
	execution->input = -EBADF;
}

static void read_input(struct execution *execution)
{
	ssize_t len = stream_local_read(&execution->local, execution->data, STREAM_INPUT_MAX);

	if (len == -ECANCELED) {
		execution->is_detached = true;
		return;
	}
	execution->start = 0;
	execution->len = (size_t)len;
	if (len == 0 && execution->local.is_input_over)
		end_input(execution);
}

static void write_input(struct execution *execution)
{
	ssize_t n = write(execution->input, execution->data + execution->start, execution->len);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) { /* it does not read any more */
		execution->len = 0;
		execution->local.is_input_over = true;
	} else {
		execution->start += (size_t)n;
		execution->len -= (size_t)n;
	}
	if (execution->len == 0 && execution->local.is_input_over)
		end_input(execution);
}

static void read_output(struct execution *execution, int stream)
{
	struct sink *sink = stream == 0 ? &execution->local.output : &execution->local.error;
	ssize_t n = read(execution->outputs[stream], sink->data, SINK_SIZE);

	if (n > 0)
		sink_fill(sink, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		execution->outputs[stream] =
			-EBADF; /* the end of a pipe; EIO: nobody has the terminal open */
}

static int reap(struct execution *execution, struct err *e)
{
	siginfo_t info = { 0 };

	execution->is_over = true;
	if (waitid(P_PIDFD, (id_t)execution->exec->pidfd, &info, WEXITED) < 0)
		return err_sys(e, errno, "wait for process %d", (int)execution->exec->pid);
	execution->exit_code =
		info.si_code == CLD_EXITED ? info.si_status & 0xff : 128 + info.si_status;
	execution->local.is_input_over = true;
	execution->len = 0;
	return 0;
}

static void await_all(const struct execution *execution, struct pollfd waits[WAIT_COUNT])
{
	bool takes_output = stream_local_has_room(&execution->local);

	stream_local_await(&execution->local, waits,
			   execution->len == 0 && execution->input >= 0);
	waits[WAIT_END] =
		(struct pollfd){ .fd = execution->is_over ? -1 : execution->exec->pidfd,
				 .events = POLLIN };
	for (int i = 0; i < 2; i++)
		waits[WAIT_FROM_OUTPUT + i] = (struct pollfd){
			.fd = takes_output ? execution->outputs[i] : -1,
			.events = POLLIN,
		};
	waits[WAIT_TO_INPUT] = (struct pollfd){
		.fd = execution->len > 0 ? execution->input : -1,
		.events = POLLOUT,
	};
}

/* Returns 1 when everything is done. */
static int serve_once(struct execution *execution, struct err *e)
{
	struct pollfd waits[WAIT_COUNT];
	bool is_draining = execution->is_over && stream_local_has_room(&execution->local);
	int r;
	int n;

	await_all(execution, waits);
	n = poll(waits, WAIT_COUNT, is_draining ? QUIET_MS : -1);
	if (n < 0)
		return errno == EINTR ? 0 : err_sys(e, errno, "poll");
	if (n == 0)
		return 1;
	if (waits[WAIT_SIGNAL].revents)
		forward_signal(execution);
	r = stream_local_write(&execution->local, waits, e);
	for (int i = 0; r == 0 && i < 2; i++) {
		if (waits[WAIT_FROM_OUTPUT + i].revents)
			read_output(execution, i);
	}
	if (r == 0 && waits[WAIT_TO_INPUT].revents)
		write_input(execution);
	if (r == 0 && waits[WAIT_INPUT].revents)
		read_input(execution);
	if (r == 0 && waits[WAIT_END].revents)
		r = reap(execution, e);
	return r;
}

static bool is_done(const struct execution *execution)
{
	return execution->is_detached ||
	       (execution->is_over && execution->outputs[0] < 0 && execution->outputs[1] < 0);
}

static void execution_init(struct execution *execution, struct engine_exec *exec)
{
	bool has_console = exec->console >= 0;

	execution->exec = exec;
	execution->outputs[0] = has_console ? exec->console : exec->output;
	execution->outputs[1] = has_console ? -EBADF : exec->error;
	execution->input = has_console ? exec->console : exec->input;
	for (int i = 0; i < 2; i++) {
		if (execution->outputs[i] >= 0)
			(void)fcntl(execution->outputs[i], F_SETFL,
				    (has_console ? O_RDWR : O_RDONLY) | O_NONBLOCK);
	}
	if (execution->input >= 0 && !has_console)
		(void)fcntl(execution->input, F_SETFL, O_WRONLY | O_NONBLOCK);
}

int stream_exec(struct engine_exec *exec, const struct stream_options *options,
		int *ret_exit_code, struct err *e)
{
	struct execution execution = { 0 };
	int r = stream_local_open(&execution.local, options, e);

	if (r < 0)
		return r;
	execution_init(&execution, exec);
	if (execution.local.is_input_over && execution.input >= 0)
		end_input(&execution);
	set_size(&execution);
	while (r == 0 && !is_done(&execution))
		r = serve_once(&execution, e);
	if (r >= 0)
		r = stream_local_finish(&execution.local, e);
	stream_local_close(&execution.local);
	if (r < 0)
		return r;
	if (execution.is_detached)
		return STREAM_DETACHED;
	*ret_exit_code = execution.exit_code;
	return STREAM_EXITED;
}
