/*
 * Netlink: building messages, and asking the kernel to do what they say.
 *
 * A message, or a batch of them, is built in the caller's memory and sent in one call; the kernel
 * answers each that asks for it with an acknowledgement. Memory is bounded: what does not fit
 * breaks the message, which is seen when it is sent.
 *
 * Written here because libmnl has no static library in Debian 12, and a dynamic start costs 0.2
 * ms; it is little.
 *
 * Runs in: cli (engine), runtime, init.
 * See: netlink(7), rtnetlink(7); Documentation/userspace-api/netlink/intro.rst.
 */
#ifndef HOY_LINUX_NETLINK_MESSAGE_H
#define HOY_LINUX_NETLINK_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { NETLINK_BATCH_MAX = 32768, NETLINK_NESTING_MAX = 8 };

struct netlink_batch {
	size_t len;	/* of `data` in use */
	size_t message; /* where the message that is being built begins */
	uint32_t sequence;
	uint32_t acknowledgements; /* how many the kernel is to send */
	bool is_broken;
	_Alignas(4) char data[NETLINK_BATCH_MAX];
};

void netlink_batch_init(struct netlink_batch *batch);

/*
 * Begin a message of `type` with NLM_F_* `flags` (NLM_F_REQUEST is added) and the family's fixed
 * header behind it. The one before is thereby complete.
 */
void netlink_begin(struct netlink_batch *batch, uint16_t type, uint16_t flags,
		   const void *header, size_t header_len);
/* Attributes of the message that was begun last. */
void netlink_put(struct netlink_batch *batch, uint16_t type, const void *data, size_t len);
void netlink_put_text(struct netlink_batch *batch, uint16_t type, const char *text);
void netlink_put_u32(struct netlink_batch *batch, uint16_t type, uint32_t value);
/* nf_tables writes its numbers in network order. */
void netlink_put_be32(struct netlink_batch *batch, uint16_t type, uint32_t value);
/* Bytes that are no attribute: a header within a nested one (VETH_INFO_PEER). */
void netlink_put_raw(struct netlink_batch *batch, const void *data, size_t len);
/* Attributes in between are inside; returns what netlink_nest_end wants. */
size_t netlink_nest_begin(struct netlink_batch *batch, uint16_t type);
void netlink_nest_end(struct netlink_batch *batch, size_t nest);

/* A socket of NETLINK_ROUTE or NETLINK_NETFILTER in the network namespace of the caller.
 * Returns an fd owned by the caller or -errno. */
int netlink_open(int protocol);

/*
 * Send the batch and wait for its acknowledgements. Returns 0, the kernel's first refusal as
 * -errno (with its number, counted from 0, in `ret_failed` when that is not NULL), -EMSGSIZE for
 * a batch that did not fit, or an errno of the socket.
 */
int netlink_call(int fd, struct netlink_batch *batch, uint32_t *ret_failed);

/*
 * Send a request with NLM_F_DUMP, or a single question with NLM_F_ACK, and hand every message of the answer to `each`, whose result
 * other than 0 ends it and is returned. `type` is the message's, `data` its fixed header and
 * attributes.
 */
typedef int netlink_each(void *context, uint16_t type, const void *data, size_t len);
int netlink_dump(int fd, struct netlink_batch *batch, netlink_each *each, void *context);

/* The attribute of this type among `len` bytes of attributes; NULL when there is none. Its
 * length is in `ret_len`. Borrowed. */
const void *netlink_find(const void *attributes, size_t len, uint16_t type, size_t *ret_len);

#endif
