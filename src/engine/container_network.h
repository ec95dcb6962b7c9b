/*
 * A container's place in its networks, from the reserved port to the last rule.
 *
 *   container_network_reserve   which networks, which ports: before anything is made
 *   container_network_lease     addresses, endpoint file, its own lines in /etc/hosts
 *   container_network_join      interfaces, published ports: while init is at work on its stages
 *   container_network_leave     the reverse of all, by whoever clears the container away
 *
 * Runs in: cli (engine).
 * See: network/endpoint.h, network/nat.h; container_connect.h for a container that runs
 * already.
 */
#ifndef HOY_ENGINE_CONTAINER_NETWORK_H
#define HOY_ENGINE_CONTAINER_NETWORK_H

#include "engine/start.h"

int container_network_reserve(struct start *s, struct err *e);
int container_network_lease(struct start *s, struct err *e);
int container_network_join(struct start *s, struct err *e);

/* Withdraw ports and give the addresses back; without an endpoint file nothing. The
 * interfaces went with the network namespace. */
int container_network_leave(struct engine *engine, const char *id, struct err *e);

/* Does this mode mean networks, other than none, host and container:X? */
bool container_has_network(const struct container_config *config);

#endif
