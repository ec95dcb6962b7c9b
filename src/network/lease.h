/*
 * Addresses of containers: RUNROOT/leases/NETWORK/ADDRESS is a symbolic link to the container's
 * id, made with O_EXCL semantics. Both families lie in one directory.
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
 * Lease an address of this family to container `id`: `wanted` (none: the next free one behind
 * the last that was given). The container's `alive` lock is held already, by the caller or by
 * its monitor. Returns 0, or -EADDRINUSE / -EADDRNOTAVAIL with a sentence; -ENOENT when the
 * network was removed meanwhile.
 */
int lease_take(const struct state *state, const struct network *network, enum ip_family family,
	       const char *id, const struct ip_address *wanted, struct ip_address *ret,
	       struct err *e);

/* Give it back, unless somebody else has it by now. */
int lease_release(const struct state *state, const char *network_id, const char *id,
		  const struct ip_address *address);

/* Is this one to be kept? */
typedef bool lease_keeps(void *context, const char *network, const struct ip_address *address);

/*
 * Every lease of `id`, for a container that was killed before it could say which it has, but
 * for those that `keeps` (NULL: none) wants; it is given the beginning of the network's id.
 */
int lease_release_all(const struct state *state, const char *id, lease_keeps *keeps,
		      void *context);

/* The containers with a lease of this network that are alive, each once: ids, in the arena. */
int lease_list(const struct state *state, const char *network_id, struct arena *arena,
	       struct strv *ret, struct err *e);

/* Hold the leases of a network: nobody takes one meanwhile. Returns an fd owned by the
 * caller or -errno. */
int lease_lock(const struct state *state, const struct network *network, struct err *e);

/* All of a network's, which is removed. */
int lease_forget(const struct state *state, const char *network_id);

#endif
