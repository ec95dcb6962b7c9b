/*
 * See port_reserve.h.
 *
 * Runs in: cli (engine).
 */
#include "network/port_reserve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "network/nat.h"
#include "proto/reserved.h"

enum { FREE_PORT_TRIES = 32, BACKLOG = 4096 /* cut to net.core.somaxconn */ };

/* Of one message to the queue. */
struct group {
	struct port_mapping *mappings;
	size_t count;
	int fds[RESERVED_GROUP_MAX];
	struct reserved_port reserved[RESERVED_GROUP_MAX];
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int refuse(const struct port_mapping *mapping, int error, struct err *e)
{
	char address[IP_SUBNET_TEXT_SIZE];

	ip_format_host(&mapping->address, address);
	if (error == EADDRINUSE && mapping->host_last != 0)
		return err_set(e, ERR_CONFLICT, -error,
			       "Bind for %s failed: every port up to %u is already allocated",
			       address, mapping->host_last);
	if (error == EADDRINUSE)
		return err_set(e, ERR_CONFLICT, -error,
			       "Bind for %s:%u failed: port is already allocated", address,
			       mapping->host_port);
	return err_sys(e, error, "publish port %s:%u", address, mapping->host_port);
}

static socklen_t fill_address(const struct port_mapping *mapping, union address *ret)
{
	in_port_t port = htons(mapping->host_port);

	*ret = (union address){ 0 };
	if (ip_family_of(&mapping->address) == IP_V4) {
		ret->v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
		memcpy(&ret->v4.sin_addr, mapping->address.bytes, IP_V4_SIZE);
		return sizeof(ret->v4);
	}
	ret->v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
	memcpy(&ret->v6.sin6_addr, mapping->address.bytes, IP_V6_SIZE);
	return sizeof(ret->v6);
}

const struct ip_address *port_relay_target(const struct endpoints *endpoints)
{
	enum ip_family family = endpoints_gateway(endpoints, IP_V6) ? IP_V6 : IP_V4;
	const struct endpoint *way = endpoints_gateway(endpoints, family);

	return way ? &way->addresses[family].address : NULL;
}

bool port_is_relayed(const struct endpoints *endpoints, const struct port_mapping *port)
{
	return ip_family_of(&port->address) == IP_V6 && port_relay_target(endpoints) &&
	       (ip_is_any(&port->address) || !nat_target(endpoints, port));
}

static int socket_make(const struct port_mapping *mapping)
{
	int type = mapping->protocol == PORT_UDP ? SOCK_DGRAM : SOCK_STREAM;
	bool is_v6 = ip_family_of(&mapping->address) == IP_V6;
	AUTO_CLOSE int fd = socket(is_v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
	const int is_on = 1;

	/* The other family's half has a socket of its own. */
	if (fd < 0 ||
	    (is_v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &is_on, sizeof(is_on)) < 0))
		return -errno;
	return fd_take(&fd);
}

/* One that the relay takes connections from: the kernel lets them wait from now on. Connections of
 * the last relay that are only remembered (TIME_WAIT) do not keep the port; that it is nobody
 * else's is checked once more when it listens. */
static int bind_listening(int fd, const union address *name, socklen_t len)
{
	const int is_on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &is_on, sizeof(is_on)) < 0 ||
			       bind(fd, &name->any, len) < 0 || listen(fd, BACKLOG) < 0
		       ? -errno
		       : 0;
}

static int bind_one(const struct endpoints *endpoints, struct port_mapping *mapping,
		    struct err *e)
{
	union address name;
	socklen_t len = fill_address(mapping, &name);
	AUTO_CLOSE int fd = -EBADF;
	int r;

	FAULT("port_bind");
	fd = socket_make(mapping);
	if (fd < 0)
		return err_sys(e, fd, "make a socket");
	if (mapping->protocol == PORT_TCP && port_is_relayed(endpoints, mapping))
		r = bind_listening(fd, &name, len);
	else
		r = bind(fd, &name.any, len) < 0 ? -errno : 0;
	if (r < 0)
		return refuse(mapping, -r, e);
	if (getsockname(fd, &name.any, &len) < 0)
		return err_sys(e, errno, "ask for a free port");
	mapping->host_port =
		ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
	return fd_take(&fd);
}

/* One of several, the first that is free; then it is that one. */
static int bind_any(const struct endpoints *endpoints, struct port_mapping *mapping,
		    struct err *e)
{
	int r = bind_one(endpoints, mapping, e);

	while (r == -EADDRINUSE && mapping->host_port < mapping->host_last) {
		mapping->host_port++;
		r = bind_one(endpoints, mapping, e);
	}
	if (r >= 0)
		mapping->host_last = 0;
	return r;
}

/* Both halves of one -p without an address, on any port. */
static bool is_pair(const struct port_mapping *first, const struct port_mapping *second)
{
	return (first->host_port == 0 || first->host_last != 0) &&
	       first->host_port == second->host_port && first->host_last == second->host_last &&
	       first->protocol == second->protocol &&
	       first->container_port == second->container_port && ip_is_any(&first->address) &&
	       ip_is_any(&second->address) && ip_family_of(&first->address) == IP_V4 &&
	       ip_family_of(&second->address) == IP_V6;
}

/* A port that is free for one half may be taken for the other: then another one. */
static int bind_pair(const struct endpoints *endpoints, struct port_mapping pair[2], int fds[2],
		     struct err *e)
{
	const uint16_t last = pair[0].host_last;
	uint32_t next = pair[0].host_port;
	int r = -EADDRINUSE;

	for (int i = 0; (last ? next <= last : i < FREE_PORT_TRIES) && r == -EADDRINUSE; i++) {
		pair[0].host_port = (uint16_t)next;
		pair[0].host_last = last;
		fds[0] = bind_any(endpoints, &pair[0], e);
		if (fds[0] < 0)
			return fds[0];
		pair[1].host_port = pair[0].host_port;
		r = bind_one(endpoints, &pair[1], e);
		if (r < 0)
			fds[0] = fd_close(fds[0]);
		if (last)
			next = pair[0].host_port + UINT32_C(1);
	}
	pair[1].host_last = 0;
	fds[1] = r;
	return r < 0 ? r : 0;
}

bool port_reserve_has_ipv6(void)
{
	return access("/proc/net/if_inet6", F_OK) == 0;
}

void port_reservation_close(struct port_reservation *reservation)
{
	reservation->queue_fd = fd_close(reservation->queue_fd);
	reservation->relayed_fd = fd_close(reservation->relayed_fd);
}

static int relayed_open(struct port_reservation *reservation)
{
	if (reservation->relayed_fd < 0)
		reservation->relayed_fd = epoll_create1(EPOLL_CLOEXEC);
	return reservation->relayed_fd < 0 ? -errno : 0;
}

static int watch(struct port_reservation *reservation, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int r = relayed_open(reservation);

	if (r < 0)
		return r;
	return epoll_ctl(reservation->relayed_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int put_away(const struct endpoints *endpoints, struct group *group, int into,
		    struct port_reservation *reservation)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct port_mapping *port = &group->mappings[i];
		bool is_relayed = port_is_relayed(endpoints, port);
		int r = is_relayed ? watch(reservation, group->fds[i]) : 0;

		if (r < 0)
			return r;
		group->reserved[i] = (struct reserved_port){
			.flags = (uint16_t)((port->protocol == PORT_UDP ? RESERVED_UDP : 0) |
					    (is_relayed ? RESERVED_RELAYED : 0)),
			.container_port = port->container_port
		};
	}
	return reserved_put(into, group->reserved, group->fds, group->count);
}

/* Returns how many were bound, which is fewer than asked for only with an error in `ret_error`.
 */
static size_t bind_group(const struct endpoints *endpoints, struct group *group, int *ret_error,
			 struct err *e)
{
	size_t bound = 0;
	int r = 0;

	while (bound < group->count && r >= 0) {
		struct port_mapping *mapping = &group->mappings[bound];

		if (bound + 1 < group->count && is_pair(mapping, mapping + 1)) {
			r = bind_pair(endpoints, mapping, &group->fds[bound], e);
			bound += r < 0 ? 0 : 2;
		} else {
			r = bind_any(endpoints, mapping, e);
			group->fds[bound] = r;
			bound += r < 0 ? 0 : 1;
		}
	}
	*ret_error = r < 0 ? r : 0;
	return bound;
}

/* Bound, put away, and closed here. */
static int reserve_group(const struct endpoints *endpoints, struct group *group, int into,
			 struct port_reservation *reservation, struct err *e)
{
	int r;
	size_t bound = bind_group(endpoints, group, &r, e);

	if (r == 0) {
		r = put_away(endpoints, group, into, reservation);
		if (r < 0)
			(void)err_sys(e, r, "put the ports' sockets away");
	}
	for (size_t i = 0; i < bound; i++)
		(void)fd_close(group->fds[i]);
	return r;
}

/* At most RESERVED_GROUP_MAX, without parting a pair. */
static size_t group_size(const struct port_mapping *mappings, size_t count)
{
	if (count <= RESERVED_GROUP_MAX)
		return count;
	return is_pair(&mappings[RESERVED_GROUP_MAX - 1], &mappings[RESERVED_GROUP_MAX])
		       ? RESERVED_GROUP_MAX - 1
		       : RESERVED_GROUP_MAX;
}

static int reserve_all(struct endpoints *endpoints, int into,
		       struct port_reservation *reservation, struct err *e)
{
	int r = 0;

	for (size_t done = 0; done < endpoints->port_count && r == 0;) {
		struct group group = { .mappings = endpoints->ports + done };

		group.count = group_size(group.mappings, endpoints->port_count - done);
		r = reserve_group(endpoints, &group, into, reservation, e);
		done += group.count;
	}
	return r;
}

int port_reserve(struct endpoints *endpoints, struct port_reservation *ret, struct err *e)
{
	struct port_reservation reservation = { -EBADF, -EBADF };
	AUTO_CLOSE int into = -EBADF;
	int ends[2];
	int r;

	/* A stream: datagrams that may lie unread are counted, by default to ten. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	reservation.queue_fd = ends[0];
	into = ends[1];
	r = reserve_all(endpoints, into, &reservation, e);
	if (r < 0)
		port_reservation_close(&reservation);
	else
		*ret = reservation;
	return r;
}
