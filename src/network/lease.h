/*
 * Addresses of containers: RUNROOT/leases/NETWORK/ADDRESS is a symbolic link to the container's
 * id, made with O_EXCL semantics.
 *
 * A lease whose container is not alive is debris of a killed command; whoever wants the address
 * takes it over. After a reboot there is none.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_NETWORK_LEASE_H
#define HOY_NETWORK_LEASE_H

#include "network/network.h"

/*
 * Lease an address of the network to container `id`: `wanted` (0: the next free one behind the
 * last that was given). The container's `alive` lock is held by the caller already. Returns 0, or
 * -EADDRINUSE / -EADDRNOTAVAIL with a sentence.
 */
int lease_take(const struct state *state, const struct network *network, const char *id,
	       uint32_t wanted, uint32_t *ret, struct err *e);

/* Give it back, unless somebody else has it by now. */
int lease_release(const struct state *state, const char *network_id, const char *id,
		  uint32_t address);

/* Every lease of `id`, for a container that was killed before it could say which it has. */
int lease_release_all(const struct state *state, const char *id);

/* The containers with a lease of this network that are alive: address and id, alternating, in
 * the arena. */
int lease_list(const struct state *state, const char *network_id, struct arena *arena,
	       struct strv *ret, struct err *e);

/* All of a network's, which is removed. */
int lease_forget(const struct state *state, const char *network_id);

#endif
