/*
 * See connection.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/fd.h"
#include "dns/forward.h"

/* --- answers ----------------------------------------------------------------------------- */

static bool is_busy(const struct connection *connection)
{
	return connection->waiter || connection->out;
}

/* Nothing more is read while a question is with others or an answer on its way. */
static void await_next(struct server *server, struct connection *connection)
{
	uint32_t events = connection->out ? EPOLLOUT : EPOLLIN;

	if (connection->waiter)
		events = 0;
	if (loop_change(&server->loop, &connection->watch, events) < 0)
		connection_close(server, connection);
}

static int keep_rest(struct connection *connection, const uint8_t length[2],
		     const uint8_t *answer, size_t len, size_t sent)
{
	connection->out_len = CONNECTION_LENGTH_SIZE + len;
	connection->out_sent = sent;
	connection->out = malloc(connection->out_len);
	if (!connection->out)
		return -ENOMEM;
	memcpy(connection->out, length, CONNECTION_LENGTH_SIZE);
	memcpy(connection->out + CONNECTION_LENGTH_SIZE, answer, len);
	return 0;
}

void connection_reply(struct server *server, struct connection *connection,
		      const uint8_t *answer, size_t len)
{
	uint8_t length[CONNECTION_LENGTH_SIZE] = { (uint8_t)(len >> 8), (uint8_t)len };
	struct iovec parts[] = { { length, sizeof(length) },
				 { (void *)(uintptr_t)answer, len } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n = sendmsg(connection->watch.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	int r = n < 0 && errno != EAGAIN ? -errno : 0;

	connection->waiter = NULL;
	if (n < 0)
		n = 0;
	if (r == 0 && (size_t)n < sizeof(length) + len)
		r = keep_rest(connection, length, answer, len, (size_t)n);
	if (r < 0) {
		connection_close(server, connection);
		return;
	}
	timer_set(&server->slow_connections, &connection->timer, clock_monotonic_ns());
	await_next(server, connection);
}

static void send_rest(struct server *server, struct connection *connection)
{
	ssize_t n =
		send(connection->watch.fd, connection->out + connection->out_sent,
		     connection->out_len - connection->out_sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0) {
		connection_close(server, connection);
		return;
	}
	connection->out_sent += (size_t)n;
	if (connection->out_sent < connection->out_len)
		return;
	free(ptr_take(connection->out));
	await_next(server, connection);
}

/* --- questions --------------------------------------------------------------------------- */

/* How many bytes the question has with its length, as far as that is known. */
static size_t bytes_wanted(const struct connection *connection)
{
	if (connection->in_len < CONNECTION_LENGTH_SIZE)
		return CONNECTION_LENGTH_SIZE;
	return CONNECTION_LENGTH_SIZE + (size_t)(connection->in[0] << 8 | connection->in[1]);
}

static void ask(struct server *server, struct connection *connection)
{
	struct origin origin = { .asker = connection->asker, .connection = connection };
	size_t len = connection->in_len - CONNECTION_LENGTH_SIZE;

	connection->in_len = 0;
	server_question(server, &origin, connection->in + CONNECTION_LENGTH_SIZE, len);
	/* It is with others now, or was not worth an answer. */
	if (connection->watch.fd >= 0)
		await_next(server, connection);
}

static void read_question(struct server *server, struct connection *connection)
{
	while (connection->watch.fd >= 0 && !is_busy(connection)) {
		size_t wanted = bytes_wanted(connection);
		ssize_t n;

		if (wanted > sizeof(connection->in)) {
			connection_close(server, connection);
			return;
		}
		if (connection->in_len >= CONNECTION_LENGTH_SIZE &&
		    connection->in_len == wanted) {
			ask(server, connection);
			return;
		}
		n = recv(connection->watch.fd, connection->in + connection->in_len,
			 wanted - connection->in_len, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			connection_close(server, connection);
			return;
		}
		connection->in_len += (size_t)n;
	}
}

static void serve(struct watch *watch, void *context, uint32_t events)
{
	struct connection *connection =
		(struct connection *)((char *)watch - offsetof(struct connection, watch));
	struct server *server = context;

	/* Reset, or closed in both directions: nobody is there to answer to. */
	if (events & (EPOLLERR | EPOLLHUP))
		connection_close(server, connection);
	else if (connection->out)
		send_rest(server, connection);
	else
		read_question(server, connection);
}

/* --- coming and going -------------------------------------------------------------------- */

static void list_add(struct asker *asker, struct connection *connection)
{
	connection->older = asker->newest_connection;
	*(connection->older ? &connection->older->newer : &asker->oldest_connection) =
		connection;
	asker->newest_connection = connection;
	asker->connection_count++;
}

static void list_remove(struct asker *asker, struct connection *connection)
{
	*(connection->older ? &connection->older->newer : &asker->oldest_connection) =
		connection->newer;
	*(connection->newer ? &connection->newer->older : &asker->newest_connection) =
		connection->older;
	asker->connection_count--;
}

void connection_close(struct server *server, struct connection *connection)
{
	list_remove(connection->asker, connection);
	timer_stop(&server->slow_connections, &connection->timer);
	loop_forget(&server->loop, &connection->watch);
	if (connection->waiter)
		forward_forget_waiter(server, connection->waiter);
	free(ptr_take(connection->out));
	loop_bury(&server->loop, &connection->grave);
}

static void connection_new(struct server *server, struct asker *asker, int take_fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));

	if (!connection) {
		(void)fd_close(take_fd);
		return;
	}
	connection->asker = asker;
	list_add(asker, connection);
	timer_set(&server->slow_connections, &connection->timer, clock_monotonic_ns());
	if (loop_watch(&server->loop, &connection->watch, take_fd, EPOLLIN, serve) < 0)
		connection_close(server, connection);
}

/* No descriptor is left: one is kept for this, or what waits would be seen again and again. */
static void refuse(struct server *server, struct asker *asker)
{
	server->spare_fd = fd_close(server->spare_fd);
	(void)fd_close(accept4(asker->tcp.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
	server->spare_fd = fcntl(server->loop.fd, F_DUPFD_CLOEXEC, 0);
}

void connection_accept(struct server *server, struct asker *asker)
{
	int fd = accept4(asker->tcp.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE))
		refuse(server, asker);
	if (fd < 0)
		return;
	if (asker->connection_count == SERVER_CONNECTIONS_MAX)
		connection_close(server, asker->oldest_connection);
	connection_new(server, asker, fd);
}

void connections_end(struct server *server, uint64_t now_ns)
{
	struct timer *timer;

	while ((timer = timer_ended(&server->slow_connections, now_ns)))
		connection_close(server,
				 (struct connection *)((char *)timer -
						       offsetof(struct connection, timer)));
}
