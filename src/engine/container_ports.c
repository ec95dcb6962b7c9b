/*
 * See container_ports.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/container_ports.h"

#include <string.h>

enum { PORTS_MAX = ENDPOINT_PORTS_MAX / IP_FAMILIES };

struct listing {
	const struct port_facts *facts;
	struct endpoints *endpoints;
	bool has_v4; /* a way out and in by this family, or none at all by either */
};

static void add(struct listing *l, const struct port_mapping *port,
		const struct ip_address *address)
{
	struct port_mapping *added = &l->endpoints->ports[l->endpoints->port_count++];

	*added = *port;
	added->address = *address;
}

static int add_at(struct listing *l, const struct port_mapping *port,
		  const struct ip_address *address, struct err *e)
{
	char text[IP_SUBNET_TEXT_SIZE];

	if (ip_family_of(address) == IP_V6 || l->has_v4) {
		add(l, port, address);
		return 0;
	}
	ip_format_host(address, text);
	return err_set(e, ERR_INVALID, -EINVAL,
		       "port %u cannot be published on %s: the container has no IPv4 address",
		       port->container_port, text);
}

static int add_port(struct listing *l, const struct port_mapping *port, struct err *e)
{
	struct ip_address any = ip_any(IP_V4);

	if (ip_is_set(&port->address))
		return add_at(l, port, &port->address, e);
	if (ip_is_set(&l->facts->binding) && !ip_is_any(&l->facts->binding))
		return add_at(l, port, &l->facts->binding, e);
	if (l->has_v4)
		add(l, port, &any);
	any = ip_any(IP_V6);
	if (l->facts->has_ipv6)
		add(l, port, &any);
	return 0;
}

static bool is_listed(const struct endpoints *endpoints, const struct port_mapping *wanted)
{
	for (size_t i = 0; i < endpoints->port_count; i++) {
		const struct port_mapping *port = &endpoints->ports[i];

		if (port->container_port == wanted->container_port &&
		    port->protocol == wanted->protocol)
			return true;
	}
	return false;
}

/* "80/tcp", on any port of the host unless it is published already. */
static int add_exposed(struct listing *l, const char *text, struct arena *arena, struct err *e)
{
	struct strv canonical = { 0 };
	struct port_mapping port;
	int r = port_mappings_parse(text, arena, &canonical, e);

	for (size_t i = 0; i < canonical.count && r == 0; i++) {
		if (port_mapping_read(canonical.items[i], &port) == 0 &&
		    !is_listed(l->endpoints, &port))
			r = add_port(l, &port, e);
	}
	return r;
}

static int add_published(struct listing *l, const char *text, struct err *e)
{
	struct port_mapping port;

	return port_mapping_read(text, &port) < 0
		       ? err_set(e, ERR_INVALID, -EINVAL, "invalid port: %s", text)
		       : add_port(l, &port, e);
}

bool container_ports_lead_somewhere(const struct endpoints *endpoints)
{
	return endpoints_gateway(endpoints, IP_V4) || endpoints_gateway(endpoints, IP_V6);
}

int container_ports_list(const struct container_config *config, const struct port_facts *facts,
			 struct arena *arena, struct endpoints *endpoints, struct err *e)
{
	size_t exposed = config->is_publish_all ? config->exposed_ports.count : 0;
	size_t count = config->ports.count + exposed;
	struct listing l = { .facts = facts, .endpoints = endpoints };
	int r = 0;

	if (count > PORTS_MAX)
		return err_set(e, ERR_INVALID, -E2BIG, "more than %d published ports",
			       PORTS_MAX);
	l.has_v4 = endpoints_gateway(endpoints, IP_V4) || !endpoints_gateway(endpoints, IP_V6);
	endpoints->port_count = 0;
	endpoints->ports =
		arena_array(arena, IP_FAMILIES * count + 1, sizeof(*endpoints->ports));
	if (!endpoints->ports)
		return err_sys(e, ENOMEM, "list the ports");
	for (size_t i = 0; i < config->ports.count && r == 0; i++)
		r = add_published(&l, config->ports.items[i], e);
	for (size_t i = 0; i < exposed && r == 0; i++)
		r = add_exposed(&l, config->exposed_ports.items[i], arena, e);
	return r;
}
