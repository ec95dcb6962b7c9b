/*
 * See fetch.h.
 *
 * Runs in: cli (engine), fetch.
 */
#include "proto/fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FETCH_PARTS = 8 };

union control {
	char bytes[CMSG_SPACE(FETCH_FDS_MAX * sizeof(int))];
	struct cmsghdr align;
};

static void put_fds(struct msghdr *message, union control *control, const int *fds,
		    size_t count)
{
	struct cmsghdr *header;

	memset(control, 0, sizeof(*control));
	message->msg_control = control->bytes;
	message->msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int));
	header = CMSG_FIRSTHDR(message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(header), fds, count * sizeof(int));
}

int fetch_send(int socket_fd, const struct fetch_header *header,
	       const struct fetch_parts *parts)
{
	struct fetch_header head = *header;
	struct iovec iov[FETCH_PARTS] = { { .iov_base = &head, .iov_len = sizeof(head) } };
	struct msghdr message = { .msg_iov = iov, .msg_iovlen = 1 };
	union control control;
	size_t len = 0;
	ssize_t n;

	head.version = FETCH_VERSION;
	if (parts && (parts->text_count >= FETCH_PARTS || parts->fd_count > FETCH_FDS_MAX))
		return -EMSGSIZE;
	for (size_t i = 0; parts && i < parts->text_count; i++) {
		const char *text = parts->texts[i] ? parts->texts[i] : "";
		struct iovec *piece = &iov[message.msg_iovlen++];

		piece->iov_base = (void *)(uintptr_t)text; /* sendmsg only reads it */
		piece->iov_len = strlen(text) + 1;
		len += piece->iov_len;
	}
	if (len > FETCH_TEXT_MAX)
		return -EMSGSIZE;
	if (parts && parts->fd_count > 0)
		put_fds(&message, &control, parts->fds, parts->fd_count);
	do
		n = sendmsg(socket_fd, &message, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static void take_fds(struct msghdr *message, struct fetch_frame *frame)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	for (size_t i = 0; i < FETCH_FDS_MAX; i++)
		frame->fds[i] = -EBADF;
	if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len > CMSG_LEN(sizeof(frame->fds)))
		return;
	memcpy(frame->fds, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
}

int fetch_receive(int socket_fd, struct fetch_frame *ret)
{
	struct iovec iov[] = {
		{ .iov_base = &ret->head, .iov_len = sizeof(ret->head) },
		{ .iov_base = ret->text, .iov_len = sizeof(ret->text) },
	};
	union control control;
	struct msghdr message = { .msg_iov = iov,
				  .msg_iovlen = 2,
				  .msg_control = control.bytes,
				  .msg_controllen = sizeof(control.bytes) };
	ssize_t n;

	do
		n = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	take_fds(&message, ret);
	if (n == 0)
		return -EPIPE;
	ret->text_len = n > (ssize_t)sizeof(ret->head) ? (size_t)n - sizeof(ret->head) : 0;
	if (n < (ssize_t)sizeof(ret->head) || message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ||
	    ret->head.version != FETCH_VERSION ||
	    (ret->text_len > 0 && ret->text[ret->text_len - 1] != '\0')) {
		fetch_frame_done(ret);
		return -EPROTO;
	}
	return 0;
}

void fetch_frame_done(struct fetch_frame *frame)
{
	for (size_t i = 0; i < FETCH_FDS_MAX; i++) {
		if (frame->fds[i] >= 0)
			(void)close(frame->fds[i]);
		frame->fds[i] = -EBADF;
	}
}

const char *fetch_text(const struct fetch_frame *frame, size_t n)
{
	size_t at = 0;

	for (; n > 0 && at < frame->text_len; n--)
		at += strlen(frame->text + at) + 1;
	return at < frame->text_len ? frame->text + at : "";
}
