/*
 * See socket_fd.h.
 *
 * Runs in: init, cli, hoy-dns.
 */
#include "linux/socket_fd.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/fd.h"

union control {
	char bytes[CMSG_SPACE(SOCKET_FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

int socket_send_fds(int socket_fd, const void *data, size_t len, const int *fds, size_t count)
{
	union control control = { .bytes = { 0 } };
	struct iovec part = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	assert(count <= SOCKET_FDS_MAX);
	FAULT("send_fd");
	if (count > 0) {
		struct cmsghdr *header;

		message.msg_control = control.bytes;
		message.msg_controllen = (unsigned int)CMSG_SPACE(count * sizeof(int));
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = (unsigned int)CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	}
	return sendmsg(socket_fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int socket_send_fd(int socket_fd, int fd, const char *text)
{
	return socket_send_fds(socket_fd, text, text[0] ? strlen(text) : 1, &fd, 1);
}

/* The descriptors of a message into `fds`, those beyond `max` closed. Returns how many there are. */
static size_t take_fds(struct msghdr *message, int *fds, size_t max)
{
	const struct cmsghdr *header = CMSG_FIRSTHDR(message);
	size_t count;

	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
		return 0;
	count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
		if (i < max)
			fds[i] = fd;
		else
			(void)fd_close(fd);
	}
	return count;
}

ssize_t socket_receive_fds(int socket_fd, void *data, size_t size, int *fds, size_t *count)
{
	union control control;
	struct iovec part = { .iov_base = data, .iov_len = size };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	size_t max = *count;
	ssize_t n;

	do
		n = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	*count = take_fds(&message, fds, max);
	if (*count <= max && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return n;
	for (size_t i = 0; i < *count && i < max; i++)
		fds[i] = fd_close(fds[i]);
	*count = 0;
	return -EPROTO;
}

int socket_receive_fd(int socket_fd)
{
	size_t count = 1;
	char byte;
	int fd;
	ssize_t n = socket_receive_fds(socket_fd, &byte, sizeof(byte), &fd, &count);

	if (n < 0)
		return (int)n;
	if (n == 0)
		return -EPIPE;
	return count == 1 ? fd : -EPROTO;
}
