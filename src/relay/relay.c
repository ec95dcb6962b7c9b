/*
 * See relay.h.
 *
 * Runs in: relay.
 */
#include "relay/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "proto/reserved.h"

enum { EVENTS_MAX = 64, MS_PER_S = 1000, LISTENERS_AT_ONCE = 32 };

int relay_watch(struct relay *relay, int fd, uint32_t events, void *what)
{
	struct epoll_event event = { .events = events, .data.ptr = what };

	return epoll_ctl(relay->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int relay_connect(const struct relay *relay, int type, uint16_t port)
{
	struct sockaddr_storage target = relay->target;
	AUTO_CLOSE int fd = -EBADF;

	if (relay->target_len == 0)
		return -ENETUNREACH;
	if (target.ss_family == AF_INET)
		((struct sockaddr_in *)&target)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&target)->sin6_port = htons(port);
	fd = socket(target.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || (connect(fd, (const struct sockaddr *)&target, relay->target_len) < 0 &&
		       errno != EINPROGRESS))
		return -errno;
	return fd_take(&fd);
}

static int read_address(struct relay *relay, const char *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&relay->target;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&relay->target;

	if (!address)
		return 0;
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		relay->target_len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, address, &v6->sin6_addr) != 1)
		return -EINVAL;
	v6->sin6_family = AF_INET6;
	relay->target_len = sizeof(*v6);
	return 0;
}

static int add_port(struct relay *relay, const struct reserved_port *reserved, int fd)
{
	bool is_udp = reserved->flags & RESERVED_UDP;
	struct relay_port *port = &relay->ports[relay->port_count];
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = port };
	int set = is_udp ? relay->epoll_fd : relay->listeners_fd;
	const int on = 1;

	if (relay->port_count == RELAY_PORTS_MAX)
		return -E2BIG;
	/* A client that is gone before it is accepted must not keep us. */
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
	    (is_udp && setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) < 0))
		return -errno;
	*port = (struct relay_port){ .kind = is_udp ? RELAY_DATAGRAMS : RELAY_LISTENER,
				     .fd = fd,
				     .container_port = reserved->container_port };
	relay->port_count++;
	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int take_ports(struct relay *relay, int queue)
{
	struct reserved_port ports[RESERVED_GROUP_MAX];
	int fds[RESERVED_GROUP_MAX];
	int n = reserved_rewind(queue);
	int r = 0;

	while (n == 0 && r == 0 && (n = reserved_peek(queue, ports, fds)) > 0) {
		for (int i = 0; i < n; i++) {
			if (r == 0 && (ports[i].flags & RESERVED_RELAYED))
				r = add_port(relay, &ports[i], fds[i]);
			else
				(void)fd_close(fds[i]);
		}
		n = 0;
	}
	return n < 0 ? n : r;
}

int relay_open(struct relay *relay, int queue, const char *address)
{
	int r = read_address(relay, address);

	for (int i = 0; i < RELAY_PEERS_MAX; i++)
		relay->peers[i].fd = -1;
	relay->listeners_kind = RELAY_LISTENERS;
	relay->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	relay->listeners_fd = epoll_create1(EPOLL_CLOEXEC);
	if (r == 0 && (relay->epoll_fd < 0 || relay->listeners_fd < 0))
		r = -errno;
	if (r == 0)
		r = take_ports(relay, queue);
	return r < 0 ? r
		     : relay_watch(relay, relay->listeners_fd, EPOLLIN, &relay->listeners_kind);
}

/* While there is no room for one more connection, they wait where they are. */
static void mind_the_room(struct relay *relay)
{
	bool is_full = relay->pair_count == RELAY_PAIRS_MAX;
	struct epoll_event event = { .events = is_full ? 0 : EPOLLIN,
				     .data.ptr = &relay->listeners_kind };

	if (is_full == relay->is_full)
		return;
	relay->is_full = is_full;
	(void)epoll_ctl(relay->epoll_fd, EPOLL_CTL_MOD, relay->listeners_fd, &event);
}

static void serve_listeners(struct relay *relay)
{
	struct epoll_event events[LISTENERS_AT_ONCE];
	int n = epoll_wait(relay->listeners_fd, events, LISTENERS_AT_ONCE, 0);

	for (int i = 0; i < n; i++)
		relay_accept(relay, events[i].data.ptr);
}

static void serve(struct relay *relay, const struct epoll_event *event)
{
	switch (*(const enum relay_kind *)event->data.ptr) {
	case RELAY_LISTENERS:
		serve_listeners(relay);
		break;
	case RELAY_LISTENER:
		break; /* of the inner set */
	case RELAY_PAIR_END:
		relay_pair_serve(relay, event->data.ptr, event->events);
		break;
	case RELAY_DATAGRAMS:
		relay_datagram_forward(relay, event->data.ptr);
		break;
	case RELAY_PEER:
		relay_datagram_answer(relay, event->data.ptr);
		break;
	}
}

int relay_run(struct relay *relay)
{
	struct epoll_event events[EVENTS_MAX];

	for (;;) {
		bool is_idle = relay->pair_count == 0 && relay->peer_count == 0;
		int timeout = is_idle		      ? RELAY_LINGER_S * MS_PER_S
			      : relay->peer_count > 0 ? MS_PER_S
						      : -1;
		int n = epoll_wait(relay->epoll_fd, events, EVENTS_MAX, timeout);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0 && is_idle)
			return 0;
		for (int i = 0; i < n; i++)
			serve(relay, &events[i]);
		relay_peers_expire(relay);
		mind_the_room(relay);
	}
}
