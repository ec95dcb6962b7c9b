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

#include "base/fault.h"
#include "base/fd.h"

enum { GROUP_MAX = 200 /* descriptors in one message; the kernel allows 253 */ };

static int refuse(const struct port_mapping *mapping, int error, struct err *e)
{
	char address[IPV4_TEXT_SIZE];

	ipv4_format(mapping->has_address ? mapping->address : 0, address);
	if (error == EADDRINUSE)
		return err_set(e, ERR_CONFLICT, -error,
			       "Bind for %s:%u failed: port is already allocated", address,
			       mapping->host_port);
	return err_sys(e, error, "publish port %s:%u", address, mapping->host_port);
}

static int bind_one(struct port_mapping *mapping, struct err *e)
{
	struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = htons(mapping->host_port),
		.sin_addr.s_addr = htonl(mapping->has_address ? mapping->address : 0),
	};
	int type = mapping->protocol == PORT_UDP ? SOCK_DGRAM : SOCK_STREAM;
	AUTO_CLOSE int fd = -EBADF;
	socklen_t len = sizeof(name);

	FAULT("port_bind");
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, errno, "make a socket");
	if (bind(fd, (const struct sockaddr *)&name, sizeof(name)) < 0)
		return refuse(mapping, errno, e);
	if (getsockname(fd, (struct sockaddr *)&name, &len) < 0)
		return err_sys(e, errno, "ask for a free port");
	mapping->host_port = ntohs(name.sin_port);
	return fd_take(&fd);
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
	return sendmsg(into, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* At most GROUP_MAX of them: bound, put away, and closed here. */
static int reserve_group(struct port_mapping *mappings, size_t count, int into, struct err *e)
{
	int fds[GROUP_MAX] = { 0 };
	size_t bound = 0;
	int r = 0;

	while (bound < count) {
		r = bind_one(&mappings[bound], e);
		if (r < 0)
			break;
		fds[bound++] = r;
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

int port_reserve(struct port_mapping *mappings, size_t count, struct err *e)
{
	AUTO_CLOSE int holder = -EBADF;
	AUTO_CLOSE int into = -EBADF;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, errno, "make a socket pair");
	holder = ends[0];
	into = ends[1];
	for (size_t done = 0; done < count; done += GROUP_MAX) {
		size_t left = count - done;
		int r = reserve_group(mappings + done, left < GROUP_MAX ? left : GROUP_MAX,
				      into, e);

		if (r < 0)
			return r;
	}
	return fd_take(&holder);
}
