/*
 * hoy-relay: carries what arrives at a published port on an address that the kernel cannot redirect into a container, which is ::1
 * (a packet of ::1 never leaves the loopback interface), and IPv6 altogether where the container has none.
 *
 * It is executed by a container's monitor when something has arrived, and ends when there has been nothing to carry for a
 * while. Until then the reserved sockets listen in the monitor's queue and cost nothing.
 *
 * One thread, one epoll set, memory of a fixed size: connections over the limit wait in the kernel's queue.
 *
 * Runs in: relay.
 * See: proto/reserved.h; epoll(7), ipv6(7).
 */
#ifndef HOY_RELAY_RELAY_H
#define HOY_RELAY_RELAY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum {
	RELAY_PORTS_MAX = 4096,
	RELAY_PAIRS_MAX = 256,	  /* connections at the same time */
	RELAY_PEERS_MAX = 256,	  /* clients of UDP */
	RELAY_BUFFER = 16 * 1024, /* bytes on their way, a direction */
	RELAY_DATAGRAM_MAX = 65535,
	RELAY_LINGER_S = 2,	  /* without a connection or client */
	RELAY_PEER_TIMEOUT_S = 30 /* of a client of UDP that says nothing */
};

/* What an event of the epoll set is about: the first member of each of these. */
enum relay_kind {
	RELAY_LISTENERS, /* the inner set, of all sockets that accept */
	RELAY_LISTENER,
	RELAY_PAIR_END,
	RELAY_DATAGRAMS, /* a reserved socket of UDP */
	RELAY_PEER
};

struct relay_port {
	enum relay_kind kind; /* RELAY_LISTENER or RELAY_DATAGRAMS */
	int fd;
	uint16_t container_port;
};

/* Bytes in one direction. */
struct relay_flow {
	uint32_t begin;
	uint32_t len;
	bool is_over; /* no more comes in */
	bool is_shut; /* and the other side knows */
	char data[RELAY_BUFFER];
};

struct relay_pair;

struct relay_end {
	enum relay_kind kind;
	int fd;
	uint32_t events; /* that are waited for */
	struct relay_pair *pair;
};

/* A connection: end 0 is the client's, end 1 the container's; flow n comes in at end n. */
struct relay_pair {
	bool is_used;
	bool is_connecting;
	struct relay_end ends[2];
	struct relay_flow flows[2];
};

/* A client of UDP: a socket of its own towards the container, so that answers find their way. */
struct relay_peer {
	enum relay_kind kind;
	int fd; /* -1: free */
	struct relay_port *port;
	struct sockaddr_in6 client;
	struct in6_pktinfo local; /* the address that it spoke to */
	uint64_t used_ns;
};

struct relay {
	int epoll_fd;
	int listeners_fd; /* the inner set */
	enum relay_kind listeners_kind;
	bool is_full;			/* the inner set is not listened to */
	struct sockaddr_storage target; /* of the container; the port is set each time */
	socklen_t target_len;		/* 0: there is none */
	uint32_t pair_count;
	uint32_t peer_count;
	uint32_t port_count;
	struct relay_port ports[RELAY_PORTS_MAX];
	struct relay_peer peers[RELAY_PEERS_MAX];
	struct relay_pair pairs[RELAY_PAIRS_MAX];
	char datagram[RELAY_DATAGRAM_MAX];
};

/* Take over the sockets of `queue` that are for the relay. `relay` is zeroed memory; `address` the
 * container's, NULL when it has none: then there is nothing that could be connected to. Returns 0
 * or -errno. */
int relay_open(struct relay *relay, int queue, const char *address);
/* Carry until there is nothing more. Returns 0 or -errno. */
int relay_run(struct relay *relay);

/* --- parts, in their own files ----------------------------------------------------------- */

/* A socket of this type on its way to the container's port. Returns an fd or -errno
 * (-ENETUNREACH: the container has no address now). */
int relay_connect(const struct relay *relay, int type, uint16_t port);
int relay_watch(struct relay *relay, int fd, uint32_t events, void *what);

/* relay_stream.c */
void relay_accept(struct relay *relay, struct relay_port *port);
void relay_pair_serve(struct relay *relay, struct relay_end *end, uint32_t events);

/* relay_datagram.c */
void relay_datagram_forward(struct relay *relay, struct relay_port *port);
void relay_datagram_answer(struct relay *relay, struct relay_peer *peer);
/* Forget clients that were silent for too long. */
void relay_peers_expire(struct relay *relay);

#endif
