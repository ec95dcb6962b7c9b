/*
 * What hoy-dns is told: which containers there are on user networks, by what names, and the
 * sockets on which they ask. It knows nothing else.
 *
 *   engine                                       hoy-dns, one for all containers of a RUNROOT
 *   connect RUNROOT/dns.sock (SEQPACKET)
 *   text + asked by udp, tcp, life       ---->   a container: answer what comes in on udp and tcp
 *   text alone                           ---->   what is known of a container is this now
 *                                        <----   struct dns_reply; then both close
 *
 * `udp` and `tcp` are bound in the container's network namespace: who asks is known by the socket
 * on which a question comes, and cannot be forged. `life` is the writing end of the container's
 * pipe RUNROOT/containers/ID/life, into which nothing is ever written; its monitor holds the
 * reading end. When the monitor ends, hoy-dns sees that nobody reads and closes the three; when
 * hoy-dns ends, the monitor sees that nobody writes any more and has the container registered anew
 * (`hoy internal resolver ID`, which finds the pipe by its name).
 *
 * The text is lines of words:
 *
 *   hoy-dns 1
 *   container ID
 *   server ADDRESS                                     asked instead of the host's: at most 3
 *   keep-short                                         names of one label are not forwarded
 *   network ID NAME open|internal IPV4/PREFIX|- IPV6/PREFIX|-
 *   name NAME                                          of this container, on the network above
 *   link ALIAS NAME                                    what this container calls another there
 *
 * hoy-dns is executed by the first engine that finds nobody behind the socket, which makes the
 * socket and leaves it listening at DNS_FD_CONTROL; so no one waits for its start.
 *
 * Runs in: engine (writes), hoy-dns (reads).
 */
#ifndef HOY_PROTO_DNS_H
#define HOY_PROTO_DNS_H

#include "base/err.h"

#define DNS_TEXT_FIRST "hoy-dns 1\n"
#define DNS_SOCKET     "dns.sock"
/* flock(2)ed exclusively by an engine while it looks whether hoy-dns is there, and starts it. */
#define DNS_LOCK "dns.lock"
/* Where a container finds us: docker's address, which configurations name. */
#define DNS_ADDRESS "127.0.0.11"

enum {
	DNS_TEXT_MAX = 64 * 1024,
	DNS_SERVERS_MAX = 3,
	DNS_NETWORKS_MAX = 64,
	DNS_NAMES_MAX = 1024, /* of one container, with its links, on all networks */
	DNS_CONTAINERS_MAX = 16384
};

/* The order of the descriptors that come with a text. */
enum dns_socket { DNS_SOCKET_UDP, DNS_SOCKET_TCP, DNS_SOCKET_LIFE, DNS_SOCKET_COUNT };

enum { DNS_FD_CONTROL = 3 };

struct dns_reply {
	int32_t result; /* 0 or -errno; -ENOENT: a text alone, of a container that is not known */
	struct err err;
};

#endif
