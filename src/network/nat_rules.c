/*
 * The rules as text. See docs/networking.md, which explains them line by line.
 *
 * Runs in: cli (engine); a pure function.
 * See: nft(8).
 */
#include "network/nat.h"

/* Sets and maps first: what follows refers to them. */
static const char *const sets =
	"	map tcp_ports { type inet_service : ipv4_addr . inet_service; %s}\n"
	"	map tcp_ports_at { type ipv4_addr . inet_service : ipv4_addr . inet_service; "
	"%s}\n"
	"	map udp_ports { type inet_service : ipv4_addr . inet_service; %s}\n"
	"	map udp_ports_at { type ipv4_addr . inet_service : ipv4_addr . inet_service; "
	"%s}\n"
	"	set bridges { type ifname; %s}\n"
	"	set internal { type ifname; %s}\n"
	"	set same { type ifname . ifname; %s}\n"
	"	set subnets { type ipv4_addr; flags interval; %s}\n"
	"	set masqueraded { type ipv4_addr; flags interval; %s}\n";

static const char chains[] =
	/* Before connection tracking: nobody reaches a container, or a port of 127.0.0.1, by a
	   route around the published port. */
	"	chain raw {\n"
	"		type filter hook prerouting priority raw; policy accept;\n"
	"		iifname != \"lo\" ip daddr 127.0.0.0/8 drop\n"
	"		iifname \"lo\" accept\n"
	"		iifname != @bridges ip daddr @subnets drop\n"
	"	}\n"
	/* From other hosts and from containers: to an address of the host, on a published port. */
	"	chain prerouting {\n"
	"		type nat hook prerouting priority dstnat; policy accept;\n"
	"		fib daddr type local jump ports\n"
	"	}\n"
	/* The same from the host itself. */
	"	chain output {\n"
	"		type nat hook output priority -100; policy accept;\n"
	"		fib daddr type local jump ports\n"
	"	}\n"
	"	chain ports {\n"
	"		meta l4proto tcp dnat to ip daddr . tcp dport map @tcp_ports_at\n"
	"		meta l4proto udp dnat to ip daddr . udp dport map @udp_ports_at\n"
	"		meta l4proto tcp dnat to tcp dport map @tcp_ports\n"
	"		meta l4proto udp dnat to udp dport map @udp_ports\n"
	"	}\n"
	/* Out of a container's network; and back into one by a published port, from the host's
	   127.0.0.1 or from the same network: then the answer must come back the same way. */
	"	chain postrouting {\n"
	"		type nat hook postrouting priority srcnat; policy accept;\n"
	"		oifname != @bridges ip saddr @masqueraded masquerade\n"
	"		oifname @bridges ip saddr 127.0.0.0/8 masquerade\n"
	"		oifname @bridges ct status dnat ip saddr @subnets masquerade\n"
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

static void open_elements(struct str *out, bool *is_first)
{
	str_add(out, *is_first ? "elements = { " : ", ");
	*is_first = false;
}

static void close_elements(struct str *out, bool is_first)
{
	if (!is_first)
		str_add(out, " }; ");
}

static void add_ports(const struct nat_world *world, enum port_protocol protocol,
		      bool has_address, struct str *out)
{
	bool is_first = true;

	for (size_t i = 0; i < world->endpoint_count; i++) {
		const struct endpoint *endpoint = &world->endpoints[i];
		char inside[IPV4_TEXT_SIZE];

		ipv4_format(endpoint->address, inside);
		for (size_t n = 0; n < endpoint->port_count; n++) {
			const struct port_mapping *port = &endpoint->ports[n];
			char address[IPV4_TEXT_SIZE];

			if (port->protocol != protocol || port->has_address != has_address)
				continue;
			open_elements(out, &is_first);
			ipv4_format(port->address, address);
			if (has_address)
				str_printf(out, "%s . ", address);
			str_printf(out, "%u : %s . %u", port->host_port, inside,
				   port->container_port);
		}
	}
	close_elements(out, is_first);
}

typedef void add_network(const struct network *network, struct str *out);

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
	char text[IPV4_SUBNET_TEXT_SIZE];

	ipv4_subnet_format(network->subnet, text);
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

static bool is_masqueraded(const struct network *network)
{
	return network->has_masquerade && !network->is_internal;
}

static void add_networks(const struct nat_world *world,
			 bool (*wanted)(const struct network *network), add_network *add,
			 struct str *out)
{
	bool is_first = true;

	for (size_t i = 0; i < world->network_count; i++) {
		if (!wanted(&world->networks[i]))
			continue;
		open_elements(out, &is_first);
		add(&world->networks[i], out);
	}
	close_elements(out, is_first);
}

/* The next piece of `sets`, up to its %s. */
static const char *copy_to_placeholder(const char *at, struct str *out)
{
	const char *end = at;

	while (*end && !(end[0] == '%' && end[1] == 's'))
		end++;
	str_add_bytes(out, at, (size_t)(end - at));
	return *end ? end + 2 : end;
}

static void add_sets(const struct nat_world *world, struct str *out)
{
	const char *at = copy_to_placeholder(sets, out);

	add_ports(world, PORT_TCP, false, out);
	at = copy_to_placeholder(at, out);
	add_ports(world, PORT_TCP, true, out);
	at = copy_to_placeholder(at, out);
	add_ports(world, PORT_UDP, false, out);
	at = copy_to_placeholder(at, out);
	add_ports(world, PORT_UDP, true, out);
	at = copy_to_placeholder(at, out);
	add_networks(world, is_any, add_bridge, out);
	at = copy_to_placeholder(at, out);
	add_networks(world, is_internal, add_bridge, out);
	at = copy_to_placeholder(at, out);
	add_networks(world, is_any, add_pair, out);
	at = copy_to_placeholder(at, out);
	add_networks(world, is_any, add_subnet, out);
	at = copy_to_placeholder(at, out);
	add_networks(world, is_masqueraded, add_subnet, out);
	(void)copy_to_placeholder(at, out);
}

void nat_rules(const char *table, const struct nat_world *world, struct str *out)
{
	/* "add" first, so that the deletion finds one in any case. */
	str_printf(out, "add table ip %s\ndelete table ip %s\ntable ip %s {\n", table, table,
		   table);
	add_sets(world, out);
	str_add(out, chains);
	str_add(out, "}\n");
}
