/*
 * See control.h.
 *
 * Only who may open the socket can speak here: the operator. So a connection has no limit of time,
 * and ends with the command that made it.
 *
 * Runs in: hoy-dns.
 */
#include "dns/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "dns/asker.h"
#include "linux/socket_fd.h"

struct client {
	struct grave grave;
	struct watch watch;
};

static int take_registration(struct server *server, size_t len, int fds[DNS_SOCKET_COUNT],
			     size_t fd_count, struct err *e)
{
	struct registration registration;
	int r = registration_parse((const char *)server->message, len, &registration, e);

	if (r < 0)
		return r;
	if (fd_count == 0)
		return asker_update(server, &registration, e);
	if (fd_count == DNS_SOCKET_COUNT)
		return asker_register(server, &registration, fds, e);
	registration_done(&registration);
	return err_set(e, ERR_INVALID, -EINVAL, "a registration comes with %d sockets, not %zu",
		       DNS_SOCKET_COUNT, fd_count);
}

static void serve(struct watch *watch, void *context, uint32_t events)
{
	struct client *client =
		(struct client *)((char *)watch - offsetof(struct client, watch));
	struct server *server = context;
	struct dns_reply reply = { 0 };
	int fds[DNS_SOCKET_COUNT];
	size_t fd_count = DNS_SOCKET_COUNT;
	ssize_t n = socket_receive_fds(watch->fd, server->message, sizeof(server->message), fds,
				       &fd_count);

	(void)events;
	if (n == -EAGAIN)
		return;
	if (n > 0) {
		reply.result = take_registration(server, (size_t)n, fds, fd_count, &reply.err);
		(void)send(watch->fd, &reply, sizeof(reply), MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	for (size_t i = 0; n >= 0 && i < fd_count; i++)
		(void)fd_close(fds[i]);
	loop_forget(&server->loop, watch);
	loop_bury(&server->loop, &client->grave);
}

static void take_client(struct watch *watch, void *context, uint32_t events)
{
	struct server *server = context;
	AUTO_CLOSE int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *client = fd < 0 ? NULL : calloc(1, sizeof(*client));

	(void)events;
	if (!client)
		return;
	if (loop_watch(&server->loop, &client->watch, fd_take(&fd), EPOLLIN, serve) < 0)
		free(client);
}

int control_open(struct server *server, int take_fd)
{
	if (fcntl(take_fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return loop_watch(&server->loop, &server->control, take_fd, EPOLLIN, take_client);
}
