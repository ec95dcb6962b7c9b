/*
 * See attach.h.
 *
 * Runs in: cli/engine (client), monitor (server).
 * See: unix(7) SOCK_SEQPACKET, recvmsg(2).
 */
#include "proto/attach.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

int attach_send(int fd, const struct attach_header *header, const void *data, size_t len)
{
	struct attach_header head = *header;
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = (void *)(uintptr_t)data,
		  .iov_len = len }, /* sendmsg only reads it */
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = len > 0 ? 2 : 1 };
	ssize_t n;

	if (len > ATTACH_DATA_MAX)
		return -EMSGSIZE;
	head.version = ATTACH_VERSION;
	do {
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

ssize_t attach_receive(int fd, struct attach_header *ret, void *data)
{
	struct attach_header head;
	struct iovec parts[] = {
		{ .iov_base = &head, .iov_len = sizeof(head) },
		{ .iov_base = data, .iov_len = ATTACH_DATA_MAX },
	};
	/* No room for control messages: descriptors that somebody sends along are closed by the
	 * kernel. */
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t n;

	do {
		n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	if (n == 0)
		return -EPIPE;
	if (n < (ssize_t)sizeof(head) || (message.msg_flags & MSG_TRUNC) ||
	    head.version != ATTACH_VERSION)
		return -EPROTO;
	*ret = head;
	return n - (ssize_t)sizeof(head);
}
