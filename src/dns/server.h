/*
 * hoy-dns while it runs: everything that it knows, and the objects that come and go.
 *
 *   asker        a container: the sockets on which it asks, and its names
 *   connection   one that a container asks over by TCP
 *   forward      a question that others are asked, with its
 *   waiter       containers that wait for the answer
 *
 * One thread, and nothing in it waits for one asker: every socket is non-blocking, an asker gets a
 * bounded share of each turn and of what is kept for it.
 *
 * Runs in: hoy-dns.
 * See: proto/dns.h.
 */
#ifndef HOY_DNS_SERVER_H
#define HOY_DNS_SERVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "dns/cache.h"
#include "dns/loop.h"
#include "dns/names.h"
#include "dns/suspects.h"
#include "dns/timer.h"
#include "dns/wire.h"

enum {
	SERVER_QUERY_MAX = 512,	    /* a longer one is refused */
	SERVER_TURN_QUERIES = 16,   /* of one asker in one turn, by UDP */
	SERVER_WAITERS_MAX = 128,   /* of one asker: more questions at others are refused */
	SERVER_CONNECTIONS_MAX = 8, /* of one asker: for one more the oldest is closed */
	SERVER_UDP_MAX = 4096,	    /* bytes of an answer by UDP, whatever the asker takes */
	SERVER_FORWARD_BUCKETS = 1024,
	SERVER_RANDOM = 256
};

struct connection;
struct forward;
struct waiter;

/* A container. */
struct asker {
	struct grave grave;
	struct asker *next;
	struct names_container names;
	struct watch udp;
	struct watch tcp;
	struct watch life;
	uint64_t servers; /* says which are asked for it: see cache.h */
	struct connection *oldest_connection;
	struct connection *newest_connection;
	size_t connection_count;
	struct waiter *waiters;
	size_t waiter_count;
};

struct server {
	struct loop loop;
	struct watch control;
	int spare_fd; /* to be closed when there is no other: connection.c */
	struct names *names;
	struct cache *cache;
	struct asker *askers;
	size_t asker_count;
	struct suspects suspects;
	uint32_t turn;	 /* which of several addresses comes first */
	uint64_t secret; /* nobody outside knows it */
	uint8_t random[SERVER_RANDOM];
	size_t random_left;

	/* The host's servers, and the process that reads which they are: host_servers.h. */
	int host_fd;
	bool is_host_silent; /* it owes us an answer */
	uint64_t host_looked_ns;
	uint64_t host_version;
	struct server_list host_servers;

	struct forward *forwards[SERVER_FORWARD_BUCKETS];
	struct timer_list
		next_server; /* a question at several servers: then the next is asked */
	struct timer_list same_server; /* at one: then it is asked again */
	struct timer_list next_stream; /* at one by TCP */
	struct timer_list slow_connections;
	struct timer_list lingering;
	struct timer nobody_left;
	bool is_over;

	/* Of the message at hand. */
	uint8_t message[WIRE_MESSAGE_MAX];
	uint8_t answer[WIRE_MESSAGE_MAX];
};

/* Where a question came from, and where its answer goes. */
struct origin {
	struct asker *asker;
	struct connection *connection; /* NULL: by UDP, from `from` */
	struct sockaddr_in from;
};

/* Answer a question, or ask others. */
void server_question(struct server *server, const struct origin *origin, const uint8_t *message,
		     size_t len);
/* Send an answer to where its question came from. */
void server_reply(struct server *server, const struct origin *origin, const uint8_t *answer,
		  size_t len);

/* Serve what is in `control_fd` until nobody is left. Returns 0 or -errno with a sentence. */
int server_run(struct server *server, int control_fd, int host_fd, struct err *e);

#endif
