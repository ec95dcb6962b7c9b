/*
 * See client.h.
 *
 * Runs in: monitor.
 */
#include "monitor/client.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

struct queued_frame {
	uint32_t type;
	uint32_t len;
};

/* At the end a client gets everything at once into its socket, and the monitor can go. */
enum { CLIENT_LAST_BUFFER = 4 * 1024 * 1024 };

void client_init(struct client *client, int take_fd, bool is_starter)
{
	*client = (struct client){ .fd = take_fd, .is_starter = is_starter };
	(void)fcntl(take_fd, F_SETFL, O_RDWR | O_NONBLOCK);
}

void client_leave(struct client *client)
{
	client->fd = fd_close(client->fd);
	client->is_input_ended = true;
	queue_done(&client->output);
}

bool client_is_free(const struct client *client)
{
	return client->fd < 0 && client->input.len == 0;
}

bool client_is_waiting(const struct client *client)
{
	return !client->is_mute &&
	       (client->output.len > 0 || client->dropped > 0 || client->input_taken > 0);
}

static void client_mute(struct client *client)
{
	client->is_mute = true;
	client->dropped = 0;
	queue_done(&client->output);
}

/* Returns 0, -EAGAIN or another -errno, which mutes the client. */
static int client_send(struct client *client, enum attach_type type, uint32_t value,
		       const void *data, size_t len)
{
	struct attach_header header = { .type = (uint8_t)type, .value = value };
	int r = attach_send(client->fd, &header, data, len);

	if (r < 0 && r != -EAGAIN)
		client_mute(client);
	return r;
}

/* Returns false when it is empty. */
static bool client_first(const struct client *client, struct queued_frame *ret,
			 const char **ret_data)
{
	if (client->output.len == 0)
		return false;
	memcpy(ret, queue_bytes(&client->output), sizeof(*ret));
	*ret_data = queue_bytes(&client->output) + sizeof(*ret);
	return true;
}

static void client_drop_oldest(struct client *client)
{
	struct queued_frame frame;
	const char *data;

	if (!client_first(client, &frame, &data))
		return;
	if (__builtin_add_overflow(client->dropped, frame.len, &client->dropped))
		client->dropped = UINT32_MAX;
	queue_skip(&client->output, sizeof(frame) + frame.len);
}

static void client_queue(struct client *client, enum attach_type type, const char *data,
			 size_t len)
{
	struct queued_frame frame = { .type = type, .len = (uint32_t)len };

	while (queue_room(&client->output) < sizeof(frame) + len)
		client_drop_oldest(client);
	if (queue_put(&client->output, &frame, sizeof(frame)) < 0) {
		if (__builtin_add_overflow(client->dropped, frame.len, &client->dropped))
			client->dropped = UINT32_MAX;
		return;
	}
	(void)queue_put(&client->output, data,
			len); /* there is room, and the memory is mapped */
}

void client_output(struct client *client, enum attach_type type, const char *data, size_t len)
{
	uint16_t wanted = type == ATTACH_OUTPUT ? ATTACH_WANT_OUTPUT : ATTACH_WANT_ERROR;

	if (!client_is_there(client) || !client->is_greeted || client->is_mute ||
	    !(client->flags & wanted))
		return;
	if (client->output.len == 0 && client->dropped == 0 &&
	    client_send(client, type, 0, data, len) != -EAGAIN)
		return;
	client_queue(client, type, data, len);
}

void client_take_input(struct client *client, size_t len)
{
	client->input_taken += (uint32_t)len;
}

/* Send a number and forget it. Returns false when there was no room. */
static bool client_tell(struct client *client, enum attach_type type, uint32_t *number)
{
	if (*number == 0)
		return true;
	if (client_send(client, type, *number, NULL, 0) == -EAGAIN)
		return false;
	*number = 0;
	return true;
}

void client_flush(struct client *client)
{
	struct queued_frame frame;
	const char *data;

	if (!client_is_there(client) || client->is_mute)
		return;
	if (!client_tell(client, ATTACH_INPUT_TAKEN, &client->input_taken) ||
	    !client_tell(client, ATTACH_DROPPED, &client->dropped))
		return;
	while (client_first(client, &frame, &data)) {
		if (client_send(client, (enum attach_type)frame.type, 0, data, frame.len) < 0)
			return;
		queue_skip(&client->output, sizeof(frame) + frame.len);
	}
}

void client_widen(struct client *client)
{
	int size = CLIENT_LAST_BUFFER;

	if (!client_is_there(client))
		return;
	if (setsockopt(client->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(client->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	client_flush(client);
}

void client_exit(struct client *client, uint32_t code)
{
	struct attach_header header = { .type = ATTACH_EXIT, .value = code };

	if (!client_is_there(client))
		return;
	if (client->is_greeted && !client->is_mute) {
		client_flush(client);
		while (client->output.len > 0)
			client_drop_oldest(client);
		(void)client_tell(client, ATTACH_DROPPED, &client->dropped);
		(void)attach_send(client->fd, &header, NULL, 0);
	}
	client_leave(client);
}
