/*
 * Asking the servers of one question: which is next, by UDP or TCP, and is what comes an answer.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_FORWARD_TRY_H
#define HOY_DNS_FORWARD_TRY_H

#include "dns/forward.h"

/* One server of one question. */
struct forward_try {
	struct watch watch;
	struct forward *forward;
	uint16_t id;
	bool has_failed; /* it said so, or is not to be reached */
	bool was_asked;
};

/* What is on its way over a stream. */
struct forward_stream {
	size_t sent;
	size_t got;
	uint8_t length[2];
	uint8_t *answer; /* of that length */
};

struct forward {
	struct grave grave;
	struct forward *next; /* of its bucket */
	struct timer timer;
	struct cache_key key;
	struct waiter *waiters;
	struct server_list servers;
	struct forward_try tries[DNS_SERVERS_MAX]; /* one for each of the servers */
	size_t current;				   /* the one that was asked last */
	uint32_t waited_ms;
	bool is_stream;
	struct forward_stream stream; /* to or from the current one */
	size_t question_end;
	size_t len;
	uint8_t message[SERVER_QUERY_MAX];
};

/* Ask the next one that has not failed, the current one included before it was asked; when all have,
 * everybody who waits is told. */
void forward_try_next(struct server *server, struct forward *forward);
/* Close everything. */
void forward_tries_end(struct server *server, struct forward *forward);

/* --- in forward.c ------------------------------------------------------------------------ */

/* Hand an answer to all who wait, each in its own letters; then the forward is gone. */
void forward_deliver(struct server *server, struct forward *forward, uint8_t *answer,
		     size_t len, const struct wire_answer *read);
/* No server had an answer: the same with a failure. */
void forward_fail(struct server *server, struct forward *forward);
/* Nobody waits any more. */
void forward_end(struct server *server, struct forward *forward);

#endif
