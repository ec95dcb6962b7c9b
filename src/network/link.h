/*
 * Interfaces, addresses and routes: the bridge of a network, and the pairs of interfaces that
 * join containers to it.
 *
 * Runs in: cli (engine).
 * See: rtnetlink(7), veth(4); Documentation/networking/ip-sysctl.rst.
 */
#ifndef HOY_NETWORK_LINK_H
#define HOY_NETWORK_LINK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "network/endpoint.h"
#include "network/network.h"

/*
 * The bridge with its addresses, up; made when it is missing. An IPv4-only bridge has no IPv6
 * at all, and none takes router advertisements. Returns its index, or -errno with a sentence.
 */
int link_bridge_up(const struct network *network, struct err *e);
/* Remove an interface of the host; that it is gone already is fine. */
int link_remove(const char *name, struct err *e);

/* link_forwarding.c: the host passes on what is not for itself, as far as the network needs
 * it. */
int link_forwarding_on(const struct network *network, struct err *e);

/* What a pair needs to know besides its endpoint. */
struct link_place {
	int bridge_index;
	uint32_t mtu;
	/* It may reach itself by a published port: with br_netfilter the bridge then sends a
	 * frame back to where it came from. */
	bool has_hairpin;
	/* It reaches the bridge, and none of the others on it. */
	bool is_isolated;
};

/*
 * link_pair.c: make the pair with its far end in the network namespace behind `netns_fd`, and
 * set the near end up. One batch. What is made goes with the namespace. Returns 0 or -errno
 * with a sentence.
 */
int link_pair_make(const struct endpoint *endpoint, const struct link_place *place,
		   int netns_fd, struct err *e);

/*
 * link_inside.c: go into a container's network namespace, and back. Whatever is done in between
 * must not return early. Returns the way back, or -errno; leaving fails only when nothing else
 * would work either.
 */
int link_inside_enter(int netns_fd, struct err *e);
int link_inside_leave(int take_back_fd, struct err *e);

/*
 * In there: the addresses of `count` endpoints, their interfaces up, and the default routes
 * that all endpoints together make. One batch; may be repeated.
 */
int link_inside_set(const struct endpoint *endpoints, size_t count, const struct endpoints *all,
		    struct err *e);

/* link_routes.c: the destinations of the host's routes of both families, but the default
 * ones: at most `max`. The last `*ret_far` of them are reached through a gateway, the others by
 * an interface. Returns how many or -errno. */
int link_routes(struct ip_subnet *ret, size_t max, size_t *ret_far, struct err *e);

#endif
