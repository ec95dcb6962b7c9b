/*
 * See streams.h.
 *
 * Runs in: monitor.
 */
#include "monitor/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"

/* Reads of one stream in a row, so that a flood leaves room for the others; and the most that
 * is read after the end. */
enum { READS_MAX = 4, DRAIN_MAX = 4 * 1024 * 1024 };

bool streams_may_read(const struct monitor *monitor)
{
	const struct client *starter = NULL;
	int others = 0;

	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		const struct client *client = &monitor->clients[i];

		if (!client_is_there(client))
			continue;
		if (client->is_starter)
			starter = client;
		else
			others++;
	}
	if (!starter || starter->is_mute)
		return true;
	if (!starter->is_greeted)
		return false;
	return others > 0 || starter->output.len == 0;
}

static void hand_out(struct monitor *monitor, int stream, size_t len)
{
	enum attach_type type = stream == 0 ? ATTACH_OUTPUT : ATTACH_ERROR;

	output_log_add(&monitor->log, stream, monitor->buffers.data, len);
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++)
		client_output(&monitor->clients[i], type, monitor->buffers.data, len);
}

static void stream_end(struct monitor *monitor, int stream)
{
	output_log_end(&monitor->log, stream);
	if (monitor->outputs[stream] == monitor->terminal) {
		monitor->peer = fd_close(monitor->peer);
		monitor->terminal = -EBADF;
		monitor->input = -EBADF;
	}
	monitor->outputs[stream] = fd_close(monitor->outputs[stream]);
}

/* One read. Returns how many bytes, or 0 when there is nothing (more). */
static size_t read_once(struct monitor *monitor, int stream, size_t max)
{
	ssize_t n = read(monitor->outputs[stream], monitor->buffers.data, max);

	if (n > 0) {
		hand_out(monitor, stream, (size_t)n);
		return (size_t)n;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	stream_end(monitor,
		   stream); /* the end of a pipe; EIO: a terminal that nobody has open */
	return 0;
}

void streams_read(struct monitor *monitor, int stream)
{
	for (int i = 0; i < READS_MAX && streams_may_read(monitor); i++) {
		if (read_once(monitor, stream, sizeof(monitor->buffers.data)) <
		    sizeof(monitor->buffers.data))
			return;
	}
}

static void drain_stream(struct monitor *monitor, int stream)
{
	size_t left = DRAIN_MAX;
	int waiting = 0;

	if (monitor->outputs[stream] < 0)
		return;
	/* A pipe says how much it holds: what orphans in another pid namespace write from now
	 * on is not awaited. */
	if (monitor->terminal < 0 && ioctl(monitor->outputs[stream], FIONREAD, &waiting) == 0)
		left = (size_t)waiting;
	while (left > 0 && monitor->outputs[stream] >= 0) {
		size_t max = left < sizeof(monitor->buffers.data)
				     ? left
				     : sizeof(monitor->buffers.data);
		size_t n = read_once(monitor, stream, max);

		if (n == 0)
			break;
		left -= n;
	}
	if (monitor->outputs[stream] >= 0)
		stream_end(monitor, stream);
}

void streams_drain(struct monitor *monitor)
{
	monitor->peer = fd_close(monitor->peer);
	drain_stream(monitor, 0);
	drain_stream(monitor, 1);
}

bool streams_has_input(const struct monitor *monitor)
{
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		if (monitor->clients[i].input.len > 0)
			return true;
	}
	return false;
}

/* The program does not read any more, or cannot: input goes nowhere, and nobody waits for it.
 */
static void close_input(struct monitor *monitor)
{
	if (monitor->input != monitor->terminal)
		(void)fd_close(monitor->input);
	monitor->input = -EBADF;
}

static void write_client(struct monitor *monitor, struct client *client)
{
	size_t len = client->input.len;
	ssize_t n = (ssize_t)len;

	if (len == 0)
		return;
	if (monitor->input >= 0) {
		n = write(monitor->input, queue_bytes(&client->input), len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < 0) {
			close_input(monitor);
			n = (ssize_t)len;
		}
	}
	queue_skip(&client->input, (size_t)n);
	client_take_input(client, (size_t)n);
}

/* The end of input reaches the program if it was started so (`run -i`), and never through a
 * terminal. */
static void end_client_input(struct monitor *monitor, struct client *client)
{
	bool is_once = (monitor->table.flags & HANDOVER_STDIN_ONCE) &&
		       !(monitor->table.flags & HANDOVER_TERMINAL);

	if (!client->is_input_ended || client->input.len > 0 ||
	    !(client->flags & ATTACH_WANT_INPUT))
		return;
	client->flags &= (uint16_t)~ATTACH_WANT_INPUT;
	if (is_once)
		close_input(monitor);
}

void streams_write(struct monitor *monitor)
{
	/* Until the terminal has come input waits for it. */
	if (monitor->input < 0 && monitor->console >= 0)
		return;
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		struct client *client = &monitor->clients[i];

		write_client(monitor, client);
		end_client_input(monitor, client);
		if (client->input_taken > 0)
			client_flush(client);
	}
}

static int receive_fd(int socket)
{
	char byte[64];
	struct iovec part = { .iov_base = byte, .iov_len = sizeof(byte) };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *header = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	int fd;

	if (n < 0)
		return -errno;
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

void streams_receive_terminal(struct monitor *monitor)
{
	int fd = receive_fd(monitor->console);

	if (fd == -EAGAIN || fd == -EINTR)
		return;
	monitor->console = fd_close(monitor->console);
	if (fd < 0)
		return;
	(void)fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	monitor->terminal = fd;
	monitor->peer = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	monitor->outputs[0] = fd;
	monitor->input = monitor->table.flags & HANDOVER_OPEN_STDIN ? fd : -EBADF;
	if (monitor->size != 0)
		streams_resize(monitor, monitor->size);
}

void streams_resize(struct monitor *monitor, uint32_t size)
{
	struct winsize winsize = {
		.ws_row = (unsigned short)(size >> 16),
		.ws_col = (unsigned short)(size & 0xffff),
	};

	if (monitor->terminal < 0)
		monitor->size = size;
	else
		(void)ioctl(monitor->terminal, TIOCSWINSZ, &winsize);
}
