/*
 * See port_reserve.h.
 *
 * Runs in: cli (engine).
 */
#include "network/port_reserve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

enum {
	GROUP_MAX = 200, /* descriptors in one message; the kernel allows 253 */
	FREE_PORT_TRIES = 32
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

static int bind_one(struct port_mapping *mapping, struct err *e)
{
	union address name;
	socklen_t len = fill_address(mapping, &name);
	AUTO_CLOSE int fd = -EBADF;

	FAULT("port_bind");
	fd = socket_make(mapping);
	if (fd < 0)
		return err_sys(e, fd, "make a socket");
	if (bind(fd, &name.any, len) < 0)
		return refuse(mapping, errno, e);
	if (getsockname(fd, &name.any, &len) < 0)
		return err_sys(e, errno, "ask for a free port");
	mapping->host_port =
		ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
	return fd_take(&fd);
}

/* Both halves of one -p without an address, on any port. */
static bool is_pair(const struct port_mapping *first, const struct port_mapping *second)
{
	return first->host_port == 0 && second->host_port == 0 &&
	       first->protocol == second->protocol &&
	       first->container_port == second->container_port && ip_is_any(&first->address) &&
	       ip_is_any(&second->address) && ip_family_of(&first->address) == IP_V4 &&
	       ip_family_of(&second->address) == IP_V6;
}

/* A port that is free for one half may be taken for the other: then another one. */
static int bind_pair(struct port_mapping pair[2], int fds[2], struct err *e)
{
	int r = -EADDRINUSE;

	for (int i = 0; i < FREE_PORT_TRIES && r == -EADDRINUSE; i++) {
		pair[0].host_port = 0;
		fds[0] = bind_one(&pair[0], e);
		if (fds[0] < 0)
			return fds[0];
		pair[1].host_port = pair[0].host_port;
		r = bind_one(&pair[1], e);
		if (r < 0)
			fds[0] = fd_close(fds[0]);
	}
	fds[1] = r;
	return r < 0 ? r : 0;
}

bool port_reserve_has_ipv6(void)
{
	return access("/proc/net/if_inet6", F_OK) == 0;
}

static int stash(int into, const int *fds, size_t count)
{
	char byte = 0;
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(GROUP_MAX * sizeof(int))];
	} control = { .space = { 0 } };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	return sendmsg(into, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

/* Bound, put away, and closed here. */
static int reserve_group(struct port_mapping *mappings, size_t count, int into, struct err *e)
{
	int fds[GROUP_MAX] = { 0 };
	size_t bound = 0;
	int r = 0;

	while (bound < count && r >= 0) {
		if (bound + 1 < count && is_pair(&mappings[bound], &mappings[bound + 1])) {
			r = bind_pair(&mappings[bound], &fds[bound], e);
			bound += r < 0 ? 0 : 2;
		} else {
			r = bind_one(&mappings[bound], e);
			fds[bound] = r;
			bound += r < 0 ? 0 : 1;
		}
	}
	if (r >= 0) {
		r = stash(into, fds, count);
		if (r < 0)
			(void)err_sys(e, r, "put the ports' sockets away");
	}
	for (size_t i = 0; i < bound; i++)
		(void)fd_close(fds[i]);
	return r;
}

/* At most GROUP_MAX, without parting a pair. */
static size_t group_size(const struct port_mapping *mappings, size_t count)
{
	if (count <= GROUP_MAX)
		return count;
	return is_pair(&mappings[GROUP_MAX - 1], &mappings[GROUP_MAX]) ? GROUP_MAX - 1
								       : GROUP_MAX;
}

int port_reserve(struct port_mapping *mappings, size_t count, struct err *e)
{
	AUTO_CLOSE int holder = -EBADF;
	AUTO_CLOSE int into = -EBADF;
	int ends[2];

	/* A stream: datagrams that may lie unread are counted, by default to ten. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	holder = ends[0];
	into = ends[1];
	for (size_t done = 0; done < count;) {
		size_t size = group_size(mappings + done, count - done);
		int r = reserve_group(mappings + done, size, into, e);

		if (r < 0)
			return r;
		done += size;
	}
	return fd_take(&holder);
}
