/*
 * See reserved.h.
 *
 * Runs in: cli (engine), relay.
 */
#include "proto/reserved.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"

/* Room for one control message with the descriptors of a group. */
union reserved_control {
	struct cmsghdr header;
	char space[CMSG_SPACE(RESERVED_GROUP_MAX * sizeof(int))];
};

int reserved_put(int into, const struct reserved_port *ports, const int *fds, size_t count)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)ports,
			      .iov_len = count * sizeof(*ports) };
	union reserved_control control = { .space = { 0 } };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen =
					  (socklen_t)CMSG_SPACE(count * sizeof(int)) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (count == 0 || count > RESERVED_GROUP_MAX)
		return -EINVAL;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	return sendmsg(into, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The descriptors of the message into `ret_fds`; how many. */
static size_t take_descriptors(struct msghdr *message, int ret_fds[RESERVED_GROUP_MAX])
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	size_t len;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return 0;
	len = header->cmsg_len - CMSG_LEN(0);
	memcpy(ret_fds, CMSG_DATA(header), len);
	return len / sizeof(int);
}

int reserved_rewind(int queue)
{
	const int first = 0;

	/* From now on each look moves it behind the message that was seen. */
	return setsockopt(queue, SOL_SOCKET, SO_PEEK_OFF, &first, sizeof(first)) < 0 ? -errno
										     : 0;
}

int reserved_peek(int queue, struct reserved_port ports[RESERVED_GROUP_MAX],
		  int ret_fds[RESERVED_GROUP_MAX])
{
	struct iovec part = { .iov_base = ports,
			      .iov_len = RESERVED_GROUP_MAX * sizeof(*ports) };
	union reserved_control control;
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	size_t count;
	ssize_t n;

	do
		n = recvmsg(queue, &message, MSG_PEEK | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	count = take_descriptors(&message, ret_fds);
	if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ||
	    (size_t)n != count * sizeof(*ports)) {
		while (count > 0)
			(void)fd_close(ret_fds[--count]);
		return -EBADMSG;
	}
	return (int)count;
}
