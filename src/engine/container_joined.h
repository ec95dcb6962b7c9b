/*
 * The networks of a container that runs already: joining one more, leaving one.
 *
 *   container_joined_open     what it has, by its endpoint file
 *   container_joined_add      one more endpoint: address, interface, routes, ports, its line in /etc/hosts
 *   container_joined_settle   exactly those that its record says, whatever a killed command left
 *
 * The caller holds the container's lock and has marked it (container_dir_mark).
 *
 * Runs in: cli (engine).
 * See: network/endpoint.h; container_network.h for a start.
 */
#ifndef HOY_ENGINE_CONTAINER_JOINED_H
#define HOY_ENGINE_CONTAINER_JOINED_H

#include "engine/engine.h"
#include "network/endpoint.h"
#include "store/container_dir.h"

struct container_joined {
	struct engine *engine;
	struct arena *arena;
	const struct container *container;
	int container_fd; /* its directory; borrowed */
	int run_dir_fd;
	int netns_fd;
	struct endpoints endpoints; /* room for one more */
};

#define AUTO_JOINED __attribute__((cleanup(container_joined_close)))

/* Returns 0, or -errno with a sentence: -ESRCH when it has ended meanwhile. */
int container_joined_open(struct container_joined *joined, struct engine *engine,
			  const struct container *container, const struct container_dir *dir,
			  struct arena *arena, struct err *e);
void container_joined_close(struct container_joined *joined);

/* After a failure some of it may be there: settle. */
int container_joined_add(struct container_joined *joined, const struct network *network,
			 const struct endpoint_request *request, struct err *e);

/* Endpoints on networks that the record does not have are taken apart, leases that no endpoint
 * names are given back, and the ways out and ports lead where they should. May be repeated. */
int container_joined_settle(struct container_joined *joined, struct err *e);

#endif
