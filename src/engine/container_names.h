/*
 * What a container is called on its networks, for whoever resolves names there, and for
 * inspect.
 *
 * On a network of the user's own a container is found by its name, its aliases, its short id
 * and its hostname; on the default one by its address alone, as with docker.
 *
 * Runs in: cli (engine); pure functions.
 * See: Docker Engine API, EndpointSettings.DNSNames.
 */
#ifndef HOY_ENGINE_CONTAINER_NAMES_H
#define HOY_ENGINE_CONTAINER_NAMES_H

#include "network/endpoint.h"
#include "store/record.h"

struct container_names {
	const struct endpoint *endpoint; /* network, addresses, internal or not; borrowed */
	struct strv names;		 /* of this container; none on the default network */
	struct strv links; /* "CONTAINER:ALIAS": an alias that this container alone knows */
};

/* For one network: `request` is what was asked for on it. In the arena, without duplicates,
 * the name first. */
void container_names_on(const struct record *record, const struct endpoint_request *request,
			struct arena *arena, struct strv *ret);

/*
 * Of a running container, one for each of its endpoints, in their order. Returns 0 or -ENOMEM.
 */
int container_names_list(const struct record *record, const struct endpoints *endpoints,
			 struct arena *arena, struct container_names **ret, size_t *ret_count);

#endif
