/*
 * The rules as text. See docs/networking.md, which explains them line by line.
 *
 * Runs in: cli (engine); a pure function.
 * See: nft(8).
 */
#include "network/nat.h"

static const char chains[] =
	/* Before connection tracking: nobody reaches a container, or a port of 127.0.0.1, by a
	   route around the published port. */
	"	chain raw {\n"
	"		type filter hook prerouting priority raw; policy accept;\n"
	"		iifname != \"lo\" ip daddr 127.0.0.0/8 drop\n"
	"		iifname \"lo\" accept\n"
	"		iifname != @bridges ip daddr @subnets drop\n"
	"		iifname != @bridges ip6 daddr @subnets6 drop\n"
	"	}\n"
	/* From other hosts and from containers: to an address of the host, on a published
	 * port. */
	"	chain prerouting {\n"
	"		type nat hook prerouting priority dstnat; policy accept;\n"
	"		fib daddr type local jump ports\n"
	"	}\n"
	/* The same from the host itself. */
	"	chain output {\n"
	"		type nat hook output priority -100; policy accept;\n"
	"		fib daddr type local jump ports\n"
	"	}\n"
	/* Nothing that comes from ::1 can leave the host. */
	"	chain ports {\n"
	"		ip6 daddr ::1 return\n"
	"		meta l4proto tcp dnat ip to ip daddr . tcp dport map @tcp_ports_at\n"
	"		meta l4proto udp dnat ip to ip daddr . udp dport map @udp_ports_at\n"
	"		meta l4proto tcp dnat ip to tcp dport map @tcp_ports\n"
	"		meta l4proto udp dnat ip to udp dport map @udp_ports\n"
	"		meta l4proto tcp dnat ip6 to ip6 daddr . tcp dport map @tcp_ports6_at\n"
	"		meta l4proto udp dnat ip6 to ip6 daddr . udp dport map @udp_ports6_at\n"
	"		meta l4proto tcp dnat ip6 to tcp dport map @tcp_ports6\n"
	"		meta l4proto udp dnat ip6 to udp dport map @udp_ports6\n"
	"	}\n"
	/* Out of a container's network; and back into one by a published port, from the host's
	   127.0.0.1 or from the same network: then the answer must come back the same way. */
	"	chain postrouting {\n"
	"		type nat hook postrouting priority srcnat; policy accept;\n"
	"		oifname != @bridges ip saddr @masqueraded masquerade\n"
	"		oifname != @bridges ip6 saddr @masqueraded6 masquerade\n"
	"		oifname @bridges ip saddr 127.0.0.0/8 masquerade\n"
	"		oifname @bridges ct status dnat ip saddr @subnets masquerade\n"
	"		oifname @bridges ct status dnat ip6 saddr @subnets6 masquerade\n"
	"	}\n"
	"	chain forward {\n"
	"		type filter hook forward priority filter; policy accept;\n"
	"		iifname != @bridges oifname != @bridges accept\n"
	"		ct state established,related accept\n"
	"		iifname . oifname @same accept\n"
	"		iifname @internal drop\n"
	"		oifname @internal drop\n"
	"		ct status dnat accept\n"
	"		oifname @bridges drop\n"
	"	}\n";

/* --- elements ---------------------------------------------------------------------------- */

/* A list that is opened by its first element; without one there must be no braces. */
struct elements {
	struct str *out;
	bool is_open;
};

static void next_element(struct elements *elements)
{
	str_add(elements->out, elements->is_open ? ", " : "elements = { ");
	elements->is_open = true;
}

static void end_elements(struct elements *elements)
{
	str_add(elements->out, elements->is_open ? " }; }\n" : "}\n");
}

/* --- published ports --------------------------------------------------------------------- */

struct port_kind {
	const char *name;
	const char *key; /* type of the key; the value's is the same family's */
	enum port_protocol protocol;
	enum ip_family family;
	bool has_address;
};

static const struct port_kind port_kinds[] = {
	{ "tcp_ports", "inet_service", PORT_TCP, IP_V4, false },
	{ "tcp_ports_at", "ipv4_addr . inet_service", PORT_TCP, IP_V4, true },
	{ "udp_ports", "inet_service", PORT_UDP, IP_V4, false },
	{ "udp_ports_at", "ipv4_addr . inet_service", PORT_UDP, IP_V4, true },
	{ "tcp_ports6", "inet_service", PORT_TCP, IP_V6, false },
	{ "tcp_ports6_at", "ipv6_addr . inet_service", PORT_TCP, IP_V6, true },
	{ "udp_ports6", "inet_service", PORT_UDP, IP_V6, false },
	{ "udp_ports6_at", "ipv6_addr . inet_service", PORT_UDP, IP_V6, true },
};

static bool is_of_kind(const struct port_mapping *port, const struct port_kind *kind)
{
	return port->protocol == kind->protocol &&
	       ip_family_of(&port->address) == kind->family &&
	       ip_is_any(&port->address) != kind->has_address;
}

static void add_port(const struct port_mapping *port, const struct ip_address *target,
		     struct str *out)
{
	char address[IP_TEXT_SIZE];
	char inside[IP_TEXT_SIZE];

	ip_format(&port->address, address);
	ip_format(target, inside);
	if (!ip_is_any(&port->address))
		str_printf(out, "%s . ", address);
	str_printf(out, "%u : %s . %u", port->host_port, inside, port->container_port);
}

static void add_ports(const struct nat_world *world, const struct port_kind *kind,
		      struct str *out)
{
	struct elements elements = { .out = out };

	str_printf(out, "	map %s { type %s : %s . inet_service; ", kind->name, kind->key,
		   kind->family == IP_V6 ? "ipv6_addr" : "ipv4_addr");
	for (size_t i = 0; i < world->container_count; i++) {
		const struct endpoints *endpoints = &world->containers[i];

		for (size_t n = 0; n < endpoints->port_count; n++) {
			const struct port_mapping *port = &endpoints->ports[n];
			const struct ip_address *target = nat_target(endpoints, port);

			if (!target || !is_of_kind(port, kind))
				continue;
			next_element(&elements);
			add_port(port, target, out);
		}
	}
	end_elements(&elements);
}

/* --- networks ---------------------------------------------------------------------------- */

typedef bool wants_network(const struct network *network);
typedef void add_network(const struct network *network, struct str *out);

struct network_set {
	const char *name;
	const char *type;
	wants_network *wants;
	add_network *add;
};

static void add_bridge(const struct network *network, struct str *out)
{
	str_printf(out, "\"%s\"", network->bridge);
}

static void add_pair(const struct network *network, struct str *out)
{
	str_printf(out, "\"%s\" . \"%s\"", network->bridge, network->bridge);
}

static void add_subnet(const struct network *network, struct str *out)
{
	char text[IP_SUBNET_TEXT_SIZE];

	ip_subnet_format(&network->pools[IP_V4].subnet, text);
	str_add(out, text);
}

static void add_subnet6(const struct network *network, struct str *out)
{
	char text[IP_SUBNET_TEXT_SIZE];

	ip_subnet_format(&network->pools[IP_V6].subnet, text);
	str_add(out, text);
}

static bool is_any(const struct network *network)
{
	(void)network;
	return true;
}

static bool is_internal(const struct network *network)
{
	return network->is_internal;
}

static bool has_icc(const struct network *network)
{
	return network->has_icc;
}

static bool has_v4(const struct network *network)
{
	return network_has(network, IP_V4);
}

static bool has_v6(const struct network *network)
{
	return network_has(network, IP_V6);
}

static bool is_masqueraded(const struct network *network)
{
	return has_v4(network) && network->has_masquerade && !network->is_internal;
}

static bool is_masqueraded6(const struct network *network)
{
	return has_v6(network) && network->has_masquerade && !network->is_internal;
}

static const struct network_set network_sets[] = {
	{ "bridges", "ifname", is_any, add_bridge },
	{ "internal", "ifname", is_internal, add_bridge },
	{ "same", "ifname . ifname", has_icc, add_pair },
	{ "subnets", "ipv4_addr; flags interval", has_v4, add_subnet },
	{ "subnets6", "ipv6_addr; flags interval", has_v6, add_subnet6 },
	{ "masqueraded", "ipv4_addr; flags interval", is_masqueraded, add_subnet },
	{ "masqueraded6", "ipv6_addr; flags interval", is_masqueraded6, add_subnet6 },
};

static void add_networks(const struct nat_world *world, const struct network_set *set,
			 struct str *out)
{
	struct elements elements = { .out = out };

	str_printf(out, "	set %s { type %s; ", set->name, set->type);
	for (size_t i = 0; i < world->network_count; i++) {
		if (!set->wants(&world->networks[i]))
			continue;
		next_element(&elements);
		set->add(&world->networks[i], out);
	}
	end_elements(&elements);
}

/* Sets and maps first: the chains refer to them. */
void nat_rules(const char *table, const struct nat_world *world, struct str *out)
{
	/* "add" first, so that the deletion finds one in any case. */
	str_printf(out, "add table inet %s\ndelete table inet %s\ntable inet %s {\n", table,
		   table, table);
	for (size_t i = 0; i < sizeof(port_kinds) / sizeof(port_kinds[0]); i++)
		add_ports(world, &port_kinds[i], out);
	for (size_t i = 0; i < sizeof(network_sets) / sizeof(network_sets[0]); i++)
		add_networks(world, &network_sets[i], out);
	str_add(out, chains);
	str_add(out, "}\n");
}
