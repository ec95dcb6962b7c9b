/*
 * Reserved ports: what lies in the queue of MONITOR_FD_PORTS.
 *
 * The engine binds a socket for each published port and sends them, in messages of at most RESERVED_GROUP_MAX, into a
 * stream socket that nobody reads: its queue keeps them open for as long as the monitor keeps that one descriptor. A
 * stream that carries descriptors keeps its messages apart.
 * A message's bytes are an array of `struct reserved_port`, one for each of its descriptors, in their order.
 *
 * hoy-relay looks at the queue with MSG_PEEK, which gives copies of the descriptors and takes nothing out.
 *
 * Runs in: cli (engine) writes, relay reads.
 * See: unix(7) SCM_RIGHTS, SO_PEEK_OFF.
 */
#ifndef HOY_PROTO_RESERVED_H
#define HOY_PROTO_RESERVED_H

#include <stddef.h>
#include <stdint.h>

/* Descriptors in one message; the kernel allows 253. */
enum { RESERVED_GROUP_MAX = 200 };

enum reserved_flags {
	RESERVED_UDP = 1 << 0,	  /* else TCP */
	RESERVED_RELAYED = 1 << 1 /* what arrives at this socket is for the relay */
};

struct reserved_port {
	uint16_t flags;
	uint16_t container_port;
};

/* Put `count` sockets, at most RESERVED_GROUP_MAX, into the queue behind `into`. They stay the
 * caller's. Returns 0 or -errno. */
int reserved_put(int into, const struct reserved_port *ports, const int *fds, size_t count);

/* From the first message on. Returns 0 or -errno. */
int reserved_rewind(int queue);
/*
 * Look at the next message of the queue: copies of its descriptors, owned by the caller. Returns how many
 * there are, 0 at the end, -EBADMSG or -errno.
 */
int reserved_peek(int queue, struct reserved_port ports[RESERVED_GROUP_MAX],
		  int ret_fds[RESERVED_GROUP_MAX]);

#endif
