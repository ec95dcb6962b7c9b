/*
 * A connection over which a container asks by TCP: one question at a time, each two bytes of length
 * and a message. It has CONNECTION_SECONDS for a question and its answer, however slowly it sends
 * and reads; then it is closed, and only it has waited.
 *
 * Runs in: hoy-dns.
 * See: RFC 7766.
 */
#ifndef HOY_DNS_CONNECTION_H
#define HOY_DNS_CONNECTION_H

#include "dns/server.h"

enum { CONNECTION_SECONDS = 10, CONNECTION_LENGTH_SIZE = 2 };

struct connection {
	struct grave grave;
	struct watch watch;
	struct asker *asker;
	struct connection *older;
	struct connection *newer;
	struct timer timer;
	struct waiter *waiter; /* its question is with others */
	size_t in_len;
	uint8_t in[CONNECTION_LENGTH_SIZE + SERVER_QUERY_MAX];
	uint8_t *out; /* what could not be written at once; NULL: nothing */
	size_t out_len;
	size_t out_sent;
};

/* Take the next one that waits on the asker's socket. */
void connection_accept(struct server *server, struct asker *asker);
/* Send an answer; then it may ask again. */
void connection_reply(struct server *server, struct connection *connection,
		      const uint8_t *answer, size_t len);
void connection_close(struct server *server, struct connection *connection);
/* Those whose time is over. */
void connections_end(struct server *server, uint64_t now_ns);

#endif
