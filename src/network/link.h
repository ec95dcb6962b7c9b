/*
 * Interfaces, addresses and routes: the bridge of a network, and the pair of interfaces that
 * joins a container to it.
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
#include "format/ipv4.h"
#include "network/network.h"

enum { LINK_MAC_SIZE = 6 };

/*
 * The bridge with its address, up; made when it is missing. An IPv4-only bridge has no IPv6 at
 * all, and takes no router advertisements. Returns its index, or -errno with a sentence.
 */
int link_bridge_up(const struct network *network, struct err *e);
/* Remove an interface of the host; that it is gone already is fine. */
int link_remove(const char *name, struct err *e);
/* net.ipv4.ip_forward: containers reach the outside only with it. */
int link_forwarding_on(struct err *e);

/* One end in the host, named `host_name` and attached to the bridge, the other as `name` in the
 * container's network namespace. */
struct link_pair {
	char host_name[IFNAMSIZ];
	const char *name; /* "eth0" */
	int bridge_index;
	uint32_t mtu;
	uint8_t mac[LINK_MAC_SIZE]; /* of the container's end */
	uint32_t address;
	uint8_t prefix;
	uint32_t gateway; /* 0: no default route */
	/* It may reach itself by a published port: with br_netfilter the bridge then sends a
	 * frame back to where it came from. */
	bool has_hairpin;
};

/*
 * Make the pair with its far end in the network namespace behind `netns_fd`, give that its address
 * and route and set it up: one message here, one batch there. Returns 0 or -errno with a
 * sentence; what was made goes with the namespace.
 */
int link_pair_make(const struct link_pair *pair, int netns_fd, struct err *e);

/* The destinations of the host's IPv4 routes but the default one: at most `max`. Returns how
 * many or -errno. */
int link_routes(struct ipv4_subnet *ret, size_t max, struct err *e);

#endif
