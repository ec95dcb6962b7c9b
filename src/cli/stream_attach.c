/*
 * See stream.h: the client of a monitor.
 *
 * Runs in: cli.
 * See: proto/attach.h.
 */
#include "cli/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cli/stream_local.h"
#include "proto/attach.h"

enum { WAIT_CLIENT = WAIT_LOCAL_COUNT, WAIT_COUNT };

struct attachment {
	struct stream_local local;
	int fd;
	size_t on_their_way; /* bytes of input sent and not yet taken by the program */
	bool is_over;
	bool is_detached;
	int exit_code;
};

/* A failure is seen by the next receive. */
static void send_frame(const struct attachment *attachment, enum attach_type type,
		       uint32_t value)
{
	struct attach_header header = { .type = (uint8_t)type, .value = value };

	(void)attach_send(attachment->fd, &header, NULL, 0);
}

static void send_size(const struct attachment *attachment)
{
	uint32_t size = attachment->local.options->is_tty ? terminal_size() : 0;

	if (size != 0)
		send_frame(attachment, ATTACH_RESIZE, size);
}

static void forward_signal(struct attachment *attachment)
{
	bool is_resized;
	int number = stream_local_signal(&attachment->local, &is_resized);

	if (is_resized)
		send_size(attachment);
	if (number > 0)
		send_frame(attachment, ATTACH_SIGNAL, (uint32_t)number);
}

static size_t input_room(const struct attachment *attachment)
{
	size_t used = attachment->on_their_way + DETACH_KEYS_MAX;
	size_t room = used < ATTACH_INPUT_WINDOW ? ATTACH_INPUT_WINDOW - used : 0;

	return room < STREAM_INPUT_MAX ? room : STREAM_INPUT_MAX;
}

static void forward_input(struct attachment *attachment)
{
	struct attach_header header = { .type = ATTACH_INPUT };
	char data[STREAM_INPUT_SIZE];
	ssize_t len = stream_local_read(&attachment->local, data, input_room(attachment));

	if (len == -ECANCELED) {
		attachment->is_detached = true;
		return;
	}
	if (len > 0 && attach_send(attachment->fd, &header, data, (size_t)len) == 0)
		attachment->on_their_way += (size_t)len;
	if (attachment->local.is_input_over)
		send_frame(attachment, ATTACH_INPUT_END, 0);
}

static void say_dropped(struct attachment *attachment, uint32_t bytes)
{
	struct sink *error = &attachment->local.error;
	int n = snprintf(error->data, SINK_SIZE,
			 "\r\nhoy: %u bytes of output are missing here: they came too fast\r\n",
			 bytes);

	sink_fill(error, (size_t)n);
}

/* Take one frame; both sinks are empty. */
static int take_frame(struct attachment *attachment, struct err *e)
{
	struct attach_header header;
	char data[ATTACH_DATA_MAX];
	ssize_t len = attach_receive(attachment->fd, &header, data);
	struct sink *sink = &attachment->local.output;

	if (len == -EAGAIN)
		return 0;
	if (len < 0)
		return err_set(e, ERR_INTERNAL, (int)len,
			       "the container's monitor is gone without saying how it ended");
	switch (header.type) {
	case ATTACH_ERROR:
		sink = &attachment->local.error;
		__attribute__((fallthrough));
	case ATTACH_OUTPUT:
		memcpy(sink->data, data, (size_t)len);
		sink_fill(sink, (size_t)len);
		break;
	case ATTACH_DROPPED:
		say_dropped(attachment, header.value);
		break;
	case ATTACH_INPUT_TAKEN:
		attachment->on_their_way -= header.value < attachment->on_their_way
						    ? header.value
						    : attachment->on_their_way;
		break;
	case ATTACH_EXIT:
		attachment->is_over = true;
		attachment->exit_code = (int)(header.value & 0xff);
		break;
	default:
		break;
	}
	return 0;
}

static int serve_once(struct attachment *attachment, struct err *e)
{
	struct pollfd waits[WAIT_COUNT];
	bool has_room = stream_local_has_room(&attachment->local);
	int r;

	stream_local_await(&attachment->local, waits, input_room(attachment) > 0);
	waits[WAIT_CLIENT] =
		(struct pollfd){ .fd = has_room ? attachment->fd : -1, .events = POLLIN };
	if (poll(waits, WAIT_COUNT, -1) < 0)
		return errno == EINTR ? 0 : err_sys(e, errno, "poll");
	if (waits[WAIT_SIGNAL].revents)
		forward_signal(attachment);
	r = stream_local_write(&attachment->local, waits, e);
	if (r == 0 && waits[WAIT_CLIENT].revents)
		r = take_frame(attachment, e);
	if (r == 0 && waits[WAIT_INPUT].revents && !attachment->is_over)
		forward_input(attachment);
	return r;
}

int stream_attach(int client_fd, const struct stream_options *options, int *ret_exit_code,
		  struct err *e)
{
	struct attachment attachment = { .fd = client_fd };
	int r = stream_local_open(&attachment.local, options, e);

	if (r < 0)
		return r;
	(void)fcntl(client_fd, F_SETFL, O_RDWR | O_NONBLOCK);
	send_size(&attachment);
	while (r == 0 && !attachment.is_over && !attachment.is_detached)
		r = serve_once(&attachment, e);
	if (r == 0)
		r = stream_local_finish(&attachment.local, e);
	stream_local_close(&attachment.local);
	if (r < 0) {
		*ret_exit_code = STREAM_CODE_LOST;
		return r;
	}
	if (attachment.is_detached)
		return STREAM_DETACHED;
	*ret_exit_code = attachment.exit_code;
	return STREAM_EXITED;
}
