/*
 * Port 53 of one address inside of a container, without a socket that is bound there: a program in
 * the container may bind port 53 of all addresses, and finds it free.
 *
 * Two chains of a table "hoy_names" in the container's network namespace change the port of what is
 * sent to that address, and that of the answers; nothing is tracked for it, and if something else
 * tracks connections there, it sees port 53 in both directions.
 *
 * Runs in: cli (engine), in the container's network namespace.
 * See: nft(8); linux/netfilter/nf_tables.h.
 */
#ifndef HOY_NETWORK_NAME_PORT_H
#define HOY_NETWORK_NAME_PORT_H

#include <netinet/in.h>

#include "base/err.h"

/* In the namespace that we are in: what is sent to port 53 of `address` comes to these ports (of
 * host order) there. Takes the place of what an earlier call said. Returns 0, or -errno with a
 * sentence. */
int name_port_redirect(struct in_addr address, uint16_t udp_port, uint16_t tcp_port,
		       struct err *e);

#endif
