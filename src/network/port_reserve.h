/*
 * Host ports held by bound sockets for as long as the container lives: nobody else gets them,
 * and that a port is in use is known before anything is made.
 *
 * The sockets are not listened on; traffic is redirected before it would reach them. They
 * travel to the monitor inside one socket, in whose queue they stay (SCM_RIGHTS), so that a
 * thousand ports cost the monitor one descriptor.
 *
 * Runs in: cli (engine).
 * See: unix(7) SCM_RIGHTS.
 */
#ifndef HOY_NETWORK_PORT_RESERVE_H
#define HOY_NETWORK_PORT_RESERVE_H

#include <stddef.h>

#include "base/err.h"
#include "spec/port_mapping.h"

/*
 * Bind one socket for each mapping, all of which have addresses; a host port that is 0 becomes
 * the one that was free. A mapping of :: that follows one of 0.0.0.0 for the same port inside
 * is its other half and gets the same host port. Returns the holding socket, owned by the
 * caller, or -EADDRINUSE with docker's sentence, or -errno.
 */
int port_reserve(struct port_mapping *mappings, size_t count, struct err *e);

/* Can a port of :: be bound at all? Not where IPv6 was switched off when the kernel was
 * started. */
bool port_reserve_has_ipv6(void);

#endif
