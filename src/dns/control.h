/*
 * Registrations: the engine's side of proto/dns.h.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_CONTROL_H
#define HOY_DNS_CONTROL_H

#include "dns/server.h"

/* Take registrations from the listening socket `take_fd`. Returns 0 or -errno. */
int control_open(struct server *server, int take_fd);

#endif
