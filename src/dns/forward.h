/*
 * A question that is not for us: others are asked, and whoever asked us hears what they say.
 *
 * By UDP the servers are asked one after the other, half a second apart, and the first good answer is
 * taken; one that refuses or fails is not waited for. A question that came by TCP is asked by TCP.
 * Each server is asked from a socket of its own: its port is random and only that server's packets
 * come in; the id is random too, and the question in the answer must be the same.
 *
 * Containers that ask the same at the same time wait for one answer. So nobody can have many of the
 * same question on their way, which would make an answer easy to forge; and a server that asks
 * us what we ask it waits for itself, until the time is over, and no packet runs in a circle.
 *
 * Runs in: hoy-dns.
 * See: RFC 5452.
 */
#ifndef HOY_DNS_FORWARD_H
#define HOY_DNS_FORWARD_H

#include "dns/server.h"

enum {
	FORWARD_NEXT_MS = 500,	/* until the next server is asked too */
	FORWARD_SAME_MS = 1000, /* until the only one is asked again */
	FORWARD_STREAM_MS = 2000,
	FORWARD_TOTAL_MS = 4000 /* a resolver inside gives up at five seconds */
};

/* Somebody waits for the answer. */
struct waiter {
	struct waiter *next; /* of the same forward */
	struct waiter *next_of_asker;
	struct waiter *previous_of_asker;
	struct forward *forward;
	struct origin origin;
	struct wire_query query;
	uint8_t question[WIRE_HEADER_SIZE + WIRE_NAME_MAX +
			 4]; /* in the letters of the asker */
};

/* Ask others the question in `message`, which was read as `query`. */
void forward_ask(struct server *server, const struct origin *origin, const uint8_t *message,
		 size_t len, const struct wire_query *query);

/* Who waited is gone. */
void forward_forget_waiter(struct server *server, struct waiter *waiter);
void forward_forget_asker(struct server *server, struct asker *asker);

/* Ask the next server, or give up, where the time has come. */
void forwards_go_on(struct server *server, uint64_t now_ns);

#endif
