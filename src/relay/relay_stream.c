/*
 * Connections: what comes in at one end goes out at the other, each direction with its own buffer and its own end.
 *
 * A pair that is closed stays in place until the events of this round are served: an event of its other end finds a negative
 * descriptor.
 *
 * Runs in: relay.
 * See: tcp(7), shutdown(2).
 */
#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "base/fd.h"
#include "relay/relay.h"

static void pair_close(struct relay *relay, struct relay_pair *pair)
{
	for (int i = 0; i < 2; i++)
		pair->ends[i].fd = fd_close(pair->ends[i].fd);
	if (pair->is_used)
		relay->pair_count--;
	pair->is_used = false;
}

static struct relay_pair *pair_find_free(struct relay *relay)
{
	for (int i = 0; i < RELAY_PAIRS_MAX; i++)
		if (!relay->pairs[i].is_used)
			return &relay->pairs[i];
	return NULL;
}

static void pair_init(struct relay_pair *pair, int client, int container)
{
	const int fds[2] = { client, container };

	pair->is_used = true;
	pair->is_connecting = true;
	for (int i = 0; i < 2; i++) {
		pair->ends[i] = (struct relay_end){ .kind = RELAY_PAIR_END,
						    .fd = fds[i],
						    .pair = pair };
		pair->flows[i].begin = 0;
		pair->flows[i].len = 0;
		pair->flows[i].is_over = false;
		pair->flows[i].is_shut = false;
	}
}

/* What each end is to be woken for: room in its own flow, bytes in the other's. */
static uint32_t wanted(const struct relay_pair *pair, int i)
{
	const struct relay_flow *in = &pair->flows[i];
	const struct relay_flow *out = &pair->flows[1 - i];
	uint32_t events = 0;

	if (pair->is_connecting)
		return i == 1 ? EPOLLOUT : 0;
	if (!in->is_over && in->len < RELAY_BUFFER)
		events |= EPOLLIN;
	if (out->len > 0)
		events |= EPOLLOUT;
	return events;
}

static int pair_await(struct relay *relay, struct relay_pair *pair)
{
	for (int i = 0; i < 2; i++) {
		struct relay_end *end = &pair->ends[i];
		struct epoll_event event = { .events = wanted(pair, i), .data.ptr = end };

		if (event.events == end->events)
			continue;
		end->events = event.events;
		if (epoll_ctl(relay->epoll_fd, EPOLL_CTL_MOD, end->fd, &event) < 0)
			return -errno;
	}
	return 0;
}

void relay_accept(struct relay *relay, struct relay_port *port)
{
	struct relay_pair *pair = pair_find_free(relay);
	int client;
	int container;

	if (!pair)
		return;
	client = accept4(port->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client < 0)
		return;
	container = relay_connect(relay, SOCK_STREAM, port->container_port);
	if (container < 0) {
		(void)fd_close(client);
		return;
	}
	pair_init(pair, client, container);
	relay->pair_count++;
	if (relay_watch(relay, client, 0, &pair->ends[0]) < 0 ||
	    relay_watch(relay, container, 0, &pair->ends[1]) < 0 || pair_await(relay, pair) < 0)
		pair_close(relay, pair);
}

/* Returns 0, or -errno when the connection is broken. */
static int flow_fill(struct relay_flow *flow, int fd)
{
	ssize_t n;

	if (flow->is_over || flow->len == RELAY_BUFFER)
		return 0;
	if (flow->len == 0)
		flow->begin = 0;
	if (flow->begin + flow->len == RELAY_BUFFER)
		return 0; /* it is being written; there is room when that is done */
	n = read(fd, flow->data + flow->begin + flow->len,
		 RELAY_BUFFER - flow->begin - flow->len);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	flow->is_over = n == 0;
	flow->len += (uint32_t)n;
	return 0;
}

static int flow_drain(struct relay_flow *flow, int fd)
{
	if (flow->len > 0) {
		ssize_t n = send(fd, flow->data + flow->begin, flow->len, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		flow->begin += (uint32_t)n;
		flow->len -= (uint32_t)n;
		if (flow->len == 0)
			flow->begin = 0;
	}
	if (flow->is_over && flow->len == 0 && !flow->is_shut) {
		flow->is_shut = true;
		(void)shutdown(fd, SHUT_WR);
	}
	return 0;
}

static int pair_connected(struct relay_pair *pair)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(pair->ends[1].fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	pair->is_connecting = false;
	return -error;
}

static int pair_carry(struct relay_pair *pair)
{
	for (int i = 0; i < 2; i++) {
		struct relay_flow *flow = &pair->flows[i];
		int r = flow_fill(flow, pair->ends[i].fd);

		if (r == 0)
			r = flow_drain(flow, pair->ends[1 - i].fd);
		if (r < 0)
			return r;
	}
	return 0;
}

void relay_pair_serve(struct relay *relay, struct relay_end *end, uint32_t events)
{
	struct relay_pair *pair = end->pair;
	int r = 0;

	if (end->fd < 0)
		return;
	if (pair->is_connecting && end == &pair->ends[1])
		r = pair_connected(pair);
	else if (pair->is_connecting && (events & (EPOLLHUP | EPOLLERR)))
		r = -ECONNRESET; /* the client is gone */
	if (r == 0 && !pair->is_connecting)
		r = pair_carry(pair);
	/* Broken on one side while nothing of it can be carried any more. */
	if (r == 0 && (events & EPOLLERR))
		r = -ECONNRESET;
	if (r < 0 || (pair->flows[0].is_shut && pair->flows[1].is_shut) ||
	    pair_await(relay, pair) < 0)
		pair_close(relay, pair);
}
