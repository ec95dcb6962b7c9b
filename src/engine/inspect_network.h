/*
 * NetworkSettings of docker inspect's object of a container.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API, ContainerInspect, NetworkSettings.
 */
#ifndef HOY_ENGINE_INSPECT_NETWORK_H
#define HOY_ENGINE_INSPECT_NETWORK_H

#include "engine/engine.h"
#include "format/json.h"

/* The member "NetworkSettings"; addresses and host ports while the container runs. */
void inspect_write_network(struct json_writer *w, struct engine *engine,
			   const struct container *container);

#endif
