/*
 * See netlink_message.h.
 *
 * Runs in: cli (engine), runtime, init.
 */
#include "linux/netlink_message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

enum { RECEIVE_SIZE = 32768 };

void netlink_batch_init(struct netlink_batch *batch)
{
	batch->len = 0;
	batch->message = 0;
	batch->sequence = 0;
	batch->acknowledgements = 0;
	batch->is_broken = false;
}

/* Room for `len` bytes, zeroed and aligned at their end; NULL when there is none. */
static void *take(struct netlink_batch *batch, size_t len)
{
	size_t aligned = NLMSG_ALIGN(len);
	void *place = batch->data + batch->len;

	if (batch->is_broken || len > NETLINK_BATCH_MAX ||
	    aligned > NETLINK_BATCH_MAX - batch->len) {
		batch->is_broken = true;
		return NULL;
	}
	memset(place, 0, aligned);
	batch->len += aligned;
	return place;
}

static struct nlmsghdr *header_at(struct netlink_batch *batch, size_t offset)
{
	return (struct nlmsghdr *)(void *)(batch->data + offset);
}

/* The length of a message is known when the next one begins, or at the end. */
static void complete(struct netlink_batch *batch)
{
	if (!batch->is_broken && batch->len > 0)
		header_at(batch, batch->message)->nlmsg_len =
			(uint32_t)(batch->len - batch->message);
}

void netlink_begin(struct netlink_batch *batch, uint16_t type, uint16_t flags,
		   const void *header, size_t header_len)
{
	struct nlmsghdr *message;

	complete(batch);
	batch->message = batch->len;
	message = take(batch, sizeof(*message));
	if (!message)
		return;
	message->nlmsg_type = type;
	message->nlmsg_flags = flags | NLM_F_REQUEST;
	message->nlmsg_seq = batch->sequence++;
	if (flags & NLM_F_ACK)
		batch->acknowledgements++;
	netlink_put_raw(batch, header, header_len);
}

void netlink_put_raw(struct netlink_batch *batch, const void *data, size_t len)
{
	void *place = len > 0 ? take(batch, len) : NULL;

	if (place)
		memcpy(place, data, len);
}

void netlink_put(struct netlink_batch *batch, uint16_t type, const void *data, size_t len)
{
	struct nlattr attribute = { .nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = type };
	char *place;

	if (len > UINT16_MAX - NLA_HDRLEN) {
		batch->is_broken = true;
		return;
	}
	place = take(batch, NLA_HDRLEN + len);
	if (!place)
		return;
	memcpy(place, &attribute, sizeof(attribute));
	if (len > 0)
		memcpy(place + NLA_HDRLEN, data, len);
}

void netlink_put_text(struct netlink_batch *batch, uint16_t type, const char *text)
{
	netlink_put(batch, type, text, strlen(text) + 1);
}

void netlink_put_u32(struct netlink_batch *batch, uint16_t type, uint32_t value)
{
	netlink_put(batch, type, &value, sizeof(value));
}

void netlink_put_be32(struct netlink_batch *batch, uint16_t type, uint32_t value)
{
	netlink_put_u32(batch, type, htonl(value));
}

size_t netlink_nest_begin(struct netlink_batch *batch, uint16_t type)
{
	size_t nest = batch->len;

	netlink_put(batch, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void netlink_nest_end(struct netlink_batch *batch, size_t nest)
{
	struct nlattr attribute;
	size_t len = batch->len - nest;

	if (batch->is_broken)
		return;
	if (len > UINT16_MAX) {
		batch->is_broken = true;
		return;
	}
	memcpy(&attribute, batch->data + nest, sizeof(attribute));
	attribute.nla_len = (uint16_t)len;
	memcpy(batch->data + nest, &attribute, sizeof(attribute));
}

int netlink_open(int protocol)
{
	int fd;

	FAULT("netlink_open");
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	return fd < 0 ? -errno : fd;
}

static int send_all(int fd, struct netlink_batch *batch)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n;

	complete(batch);
	if (batch->is_broken)
		return -EMSGSIZE;
	FAULT("netlink_send");
	do {
		n = sendto(fd, batch->data, batch->len, 0, (const struct sockaddr *)&kernel,
			   sizeof(kernel));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* One datagram of the kernel's; others who know our port cannot answer for it. */
static ssize_t receive(int fd, char *buf, size_t size, int flags)
{
	struct sockaddr_nl from = { 0 };
	socklen_t len;
	ssize_t n;

	do {
		len = sizeof(from);
		n = recvfrom(fd, buf, size, MSG_TRUNC | flags, (struct sockaddr *)&from, &len);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	if (n < 0)
		return -errno;
	return (size_t)n > size ? -EMSGSIZE : n;
}

/* The next message of a datagram, which is stepped over; NULL at its end. */
static const struct nlmsghdr *next_message(const char **at, size_t *left)
{
	const struct nlmsghdr *message = (const void *)*at;
	size_t step;

	if (*left < sizeof(*message) || message->nlmsg_len < sizeof(*message) ||
	    message->nlmsg_len > *left)
		return NULL;
	step = NLMSG_ALIGN(message->nlmsg_len);
	step = step < *left ? step : *left;
	*at += step;
	*left -= step;
	return message;
}

static const void *payload(const struct nlmsghdr *message)
{
	return (const char *)message + NLMSG_HDRLEN;
}

static int error_of(const struct nlmsghdr *message)
{
	struct nlmsgerr error;

	if (message->nlmsg_len < NLMSG_HDRLEN + sizeof(error.error))
		return -EPROTO;
	memcpy(&error.error, payload(message), sizeof(error.error));
	return error.error;
}

/* The acknowledgements of one datagram; the first refusal is kept. */
static void note_answers(const char *at, size_t left, uint32_t *waiting, int *result,
			 uint32_t *ret_failed)
{
	const struct nlmsghdr *message;

	while ((message = next_message(&at, &left))) {
		if (message->nlmsg_type != NLMSG_ERROR)
			continue;
		*waiting -= *waiting > 0;
		if (*result != 0 || error_of(message) == 0)
			continue;
		*result = error_of(message);
		if (ret_failed)
			*ret_failed = message->nlmsg_seq;
	}
}

int netlink_call(int fd, struct netlink_batch *batch, uint32_t *ret_failed)
{
	AUTO_FREE char *buf = malloc(RECEIVE_SIZE);
	uint32_t waiting = batch->acknowledgements;
	int result = 0;
	int r = buf ? send_all(fd, batch) : -ENOMEM;

	/* The kernel works while it takes the message: all answers are there already, and a
	 * batch that is refused as a whole has fewer of them. */
	while (r == 0 && waiting > 0) {
		ssize_t n = receive(fd, buf, RECEIVE_SIZE, MSG_DONTWAIT);

		if (n == -EAGAIN && result != 0)
			break;
		if (n < 0)
			return n == -EAGAIN ? -EPROTO : (int)n;
		note_answers(buf, (size_t)n, &waiting, &result, ret_failed);
	}
	return r < 0 ? r : result;
}

int netlink_dump(int fd, struct netlink_batch *batch, netlink_each *each, void *context)
{
	AUTO_FREE char *buf = malloc(RECEIVE_SIZE);
	int r = buf ? send_all(fd, batch) : -ENOMEM;

	while (r == 0) {
		ssize_t n = receive(fd, buf, RECEIVE_SIZE, 0);
		size_t left = n < 0 ? 0 : (size_t)n;
		const struct nlmsghdr *message;
		const char *at = buf;

		if (n < 0)
			return (int)n;
		while (r == 0 && (message = next_message(&at, &left))) {
			if (message->nlmsg_type == NLMSG_DONE)
				return 0;
			if (message->nlmsg_type == NLMSG_ERROR)
				return error_of(message);
			r = each(context, message->nlmsg_type, payload(message),
				 message->nlmsg_len - NLMSG_HDRLEN);
		}
	}
	return r;
}

const void *netlink_find(const void *attributes, size_t len, uint16_t type, size_t *ret_len)
{
	const char *at = attributes;

	while (len >= NLA_HDRLEN) {
		struct nlattr attribute;
		size_t step;

		memcpy(&attribute, at, sizeof(attribute));
		if (attribute.nla_len < NLA_HDRLEN || attribute.nla_len > len)
			return NULL;
		if ((attribute.nla_type & NLA_TYPE_MASK) == type) {
			*ret_len = attribute.nla_len - NLA_HDRLEN;
			return at + NLA_HDRLEN;
		}
		step = NLA_ALIGN(attribute.nla_len);
		step = step < len ? step : len;
		at += step;
		len -= step;
	}
	return NULL;
}
