/*
 * Which ports of the host a container is published on, as far as it is known before one is
 * bound.
 *
 * Runs in: cli (engine); a pure function.
 * See: spec/port_mapping.h.
 */
#ifndef HOY_ENGINE_CONTAINER_PORTS_H
#define HOY_ENGINE_CONTAINER_PORTS_H

#include "network/endpoint.h"
#include "spec/container_config.h"

struct port_facts {
	/* where a port without an address goes; none: everywhere, in both families */
	struct ip_address binding;
	bool has_ipv6; /* the host does */
};

/*
 * Fill endpoints->ports from -p and -P. A port without an address becomes one of 0.0.0.0 and
 * one of :: behind it, as far as the container can be reached that way: to IPv6 alone also from
 * an IPv4 container, by a relay. The endpoints' gateways are filled already. -EINVAL for an
 * IPv4 address without anybody behind it.
 */
int container_ports_list(const struct container_config *config, const struct port_facts *facts,
			 struct arena *arena, struct endpoints *endpoints, struct err *e);

/* Does any of them lead anywhere? Not on internal networks alone. */
bool container_ports_lead_somewhere(const struct endpoints *endpoints);

#endif
