/*
 * Host ports held by bound sockets for as long as the container lives: nobody else gets them, and
 * that a port is in use is known before anything is made.
 *
 * The sockets are not listened on; traffic is redirected before it would reach them. They travel
 * to the monitor inside one socket, in whose queue they stay (SCM_RIGHTS), so that a thousand
 * ports cost the monitor one descriptor.
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
 * Bind one socket for each mapping; a host port that is 0 becomes the one that was free. Returns
 * the holding socket, owned by the caller, or -EADDRINUSE with docker's sentence, or -errno.
 */
int port_reserve(struct port_mapping *mappings, size_t count, struct err *e);

#endif
