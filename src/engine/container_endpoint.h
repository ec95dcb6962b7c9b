/*
 * One container on one network: from what was asked for to addresses that are leased.
 *
 * Runs in: cli (engine).
 * See: network/endpoint.h, spec/endpoint_request.h.
 */
#ifndef HOY_ENGINE_CONTAINER_ENDPOINT_H
#define HOY_ENGINE_CONTAINER_ENDPOINT_H

#include "network/endpoint.h"
#include "spec/endpoint_request.h"

/* Can the network give what is asked for? Returns 0 or -EINVAL with a sentence. */
int container_endpoint_check(const struct network *network,
			     const struct endpoint_request *request, struct err *e);

/*
 * Everything about it but the addresses; the interface gets the first name that none of
 * `others` has.
 */
int container_endpoint_plan(const struct network *network,
			    const struct endpoint_request *request, const char *container_id,
			    const struct endpoints *others, struct endpoint *ret,
			    struct err *e);

/* Lease an address of each family that the network has, and make the MAC. What was leased
 * before a failure stays: whoever clears the container away finds it. */
int container_endpoint_lease(const struct state *state, const struct network *network,
			     const struct endpoint_request *request, const char *container_id,
			     struct endpoint *endpoint, struct err *e);

#endif
