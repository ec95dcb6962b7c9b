/*
 * The verbs of `hoy network`, and the ports of a container.
 *
 * Runs in: cli.
 * See: network/network.h; Docker Engine API, Network.
 */
#ifndef HOY_ENGINE_NETWORKS_H
#define HOY_ENGINE_NETWORKS_H

#include "engine/engine.h"
#include "network/endpoint.h"
#include "network/network.h"

/* One container on a network. */
struct network_member {
	char id[ID_SIZE];
	const char *name;
	struct endpoint endpoint;
};

int engine_network_create(struct engine *engine, const struct network_request *request,
			  struct arena *arena, struct network *ret, struct err *e);
/* By name, id or the beginning of one, "host" and "none" too. -ENOENT, ERR_NOT_FOUND. */
int engine_network_get(struct engine *engine, const char *name, struct arena *arena,
		       struct network *ret, struct err *e);
/* All of them, by name, with bridge, host and none. */
int engine_network_list(struct engine *engine, struct arena *arena, struct network **ret,
			size_t *ret_count, struct err *e);
/* The running containers on it. */
int engine_network_members(struct engine *engine, const struct network *network,
			   struct arena *arena, struct network_member **ret, size_t *ret_count,
			   struct err *e);
/* -EBUSY, ERR_CONFLICT: "... has active endpoints". bridge, host and none are not removed. */
int engine_network_remove(struct engine *engine, const char *name, struct err *e);

/*
 * Join one more network, running or not: `request->network` by name or id. ERR_CONFLICT when it
 * is on it already. Nothing is changed by a failure.
 */
int engine_network_connect(struct engine *engine, const char *container,
			   const struct endpoint_request *request, struct err *e);
/* Leave one, also the last. `is_forced`: also one that does not exist any more. */
int engine_network_disconnect(struct engine *engine, const char *network, const char *container,
			      bool is_forced, struct err *e);

/* network reload: write all rules anew. */
int engine_networks_restore(struct engine *engine, struct err *e);
/* For reset: every network, its bridge, and the table. */
int engine_networks_remove(struct engine *engine, struct err *e);

/* The endpoints of a running container, and the ports that lead into it; 0, or -ENOENT when
 * it has none. */
int engine_endpoints(struct engine *engine, const struct container *container,
		     struct arena *arena, struct endpoints *ret);

#endif
