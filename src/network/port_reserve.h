/*
 * Host ports held by bound sockets for as long as the container lives: nobody else gets them,
 * and that a port is in use is known before anything is made.
 *
 * Traffic is redirected before it would reach them, but for what the kernel cannot redirect:
 * sockets of :: and ::1 listen, and an epoll descriptor over them tells the monitor when it has
 * to call hoy-relay. All travel to the monitor inside one socket, in whose queue they stay, so
 * that a thousand ports cost the monitor two descriptors.
 *
 * Runs in: cli (engine).
 * See: proto/reserved.h, relay/relay.h.
 */
#ifndef HOY_NETWORK_PORT_RESERVE_H
#define HOY_NETWORK_PORT_RESERVE_H

#include "base/err.h"
#include "network/endpoint.h"

/* -EBADF: not there. */
struct port_reservation {
	int queue_fd;	/* holds the sockets */
	int relayed_fd; /* epoll over those that are for the relay */
};

/*
 * Bind one socket for each of the endpoints' ports, all of which have addresses; a host port
 * that is 0 becomes the one that was free. A port of :: that follows one of 0.0.0.0 for the same
 * port inside is its other half and gets the same host port. Fills `ret`, the caller's to close.
 * Returns 0, or -EADDRINUSE with docker's sentence, or -errno.
 */
int port_reserve(struct endpoints *endpoints, struct port_reservation *ret, struct err *e);
void port_reservation_close(struct port_reservation *reservation);

/* Does what arrives at the socket of this port go through the relay? What comes to :: from ::1,
 * and what the rules have no target for (nat_target). Not when the container has no way in at
 * all. */
bool port_is_relayed(const struct endpoints *endpoints, const struct port_mapping *port);

/* Where the relay carries it: the container's address, IPv6 before IPv4. NULL when there is no
 * way in. */
const struct ip_address *port_relay_target(const struct endpoints *endpoints);

/* Can a port of :: be bound at all? Not where IPv6 was switched off when the kernel was
 * started. */
bool port_reserve_has_ipv6(void);

#endif
