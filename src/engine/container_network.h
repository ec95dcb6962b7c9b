/*
 * A container's place in a network, from the reserved port to the last rule.
 *
 *   container_network_reserve   which network, which ports: before anything is made
 *   container_network_lease     address, endpoint file, its own line in /etc/hosts
 *   container_network_join      interface, published ports: while init is at work on its stages
 *   container_network_leave     the reverse of all, by whoever clears the container away
 *
 * Runs in: cli (engine).
 * See: network/endpoint.h, network/nat.h.
 */
#ifndef HOY_ENGINE_CONTAINER_NETWORK_H
#define HOY_ENGINE_CONTAINER_NETWORK_H

#include "engine/start.h"

int container_network_reserve(struct start *s, struct err *e);
int container_network_lease(struct start *s, struct err *e);
int container_network_join(struct start *s, struct err *e);

/* Withdraw ports and give the address back; without an endpoint nothing. The interface went with
 * the network namespace. */
int container_network_leave(struct engine *engine, const char *id, struct err *e);

/* Does this mode name a network, other than none, host and container:X? */
bool container_has_network(const struct container_config *config);

#endif
