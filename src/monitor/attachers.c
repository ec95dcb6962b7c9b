/*
 * See attachers.h.
 *
 * Runs in: monitor.
 */
#include "monitor/attachers.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "monitor/streams.h"

enum {
	FRAMES_MAX = 16,
	SIGNAL_MAX = 64,
	FLAGS_ALL = ATTACH_WANT_OUTPUT | ATTACH_WANT_ERROR | ATTACH_WANT_INPUT
};

static struct client *free_place(struct monitor *monitor)
{
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		if (client_is_free(&monitor->clients[i]))
			return &monitor->clients[i];
	}
	return NULL;
}

bool attachers_has_room(const struct monitor *monitor)
{
	for (int i = 0; i < MONITOR_CLIENT_MAX; i++) {
		if (client_is_free(&monitor->clients[i]))
			return true;
	}
	return false;
}

/* The socket lies in a directory that only we can enter; a descriptor of it that leaked must
 * not be enough. */
static bool is_ours(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

void attachers_accept(struct monitor *monitor)
{
	struct client *place = free_place(monitor);
	int fd;

	if (!place)
		return;
	fd = accept4(monitor->listen, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (!is_ours(fd)) {
		(void)fd_close(fd);
		return;
	}
	client_init(place, fd, false);
}

/* Returns 0 or -EPROTO. */
static int take_input(struct monitor *monitor, struct client *client, size_t len)
{
	bool goes_in = monitor->input >= 0 || monitor->console >= 0;

	if (!(client->flags & ATTACH_WANT_INPUT) || !goes_in) {
		client_take_input(client, len);
		client_flush(client);
		return 0;
	}
	if (client->input.len + len > ATTACH_INPUT_WINDOW)
		return -EPROTO;
	return queue_put(&client->input, monitor->buffers.data, len);
}

static void send_signal(const struct monitor *monitor, uint32_t number)
{
	if (monitor->pidfd >= 0 && number >= 1 && number <= SIGNAL_MAX)
		(void)syscall(SYS_pidfd_send_signal, monitor->pidfd, (int)number, NULL, 0);
}

/* Returns 0 or a negative errno, which ends the connection. */
static int obey(struct monitor *monitor, struct client *client,
		const struct attach_header *header, size_t len)
{
	if (header->type == ATTACH_HELLO) {
		client->flags = header->flags & FLAGS_ALL;
		client->is_greeted = true;
		return 0;
	}
	if (!client->is_greeted)
		return -EPROTO;
	switch (header->type) {
	case ATTACH_INPUT:
		return take_input(monitor, client, len);
	case ATTACH_INPUT_END:
		client->is_input_ended = true;
		return 0;
	case ATTACH_RESIZE:
		streams_resize(monitor, header->value);
		return 0;
	case ATTACH_SIGNAL:
		send_signal(monitor, header->value);
		return 0;
	default:
		return -EPROTO;
	}
}

void attachers_receive(struct monitor *monitor, struct client *client)
{
	struct attach_header header;

	for (int i = 0; i < FRAMES_MAX; i++) {
		ssize_t len = attach_receive(client->fd, &header, monitor->buffers.data);

		if (len == -EAGAIN)
			return;
		if (len < 0 || obey(monitor, client, &header, (size_t)len) < 0) {
			client_leave(client);
			return;
		}
	}
}
