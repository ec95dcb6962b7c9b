/* Endpoints: the file, the way out, and the rules that are made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "network/endpoint.h"
#include "network/nat.h"

static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static const char other_id[] =
	"ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct ip_address address_of(const char *text)
{
	struct ip_address address = { 0 };

	assert_true(!text[0] || ip_parse(text, &address) == 0);
	return address;
}

struct container {
	struct endpoint items[4];
	struct port_mapping ports[8];
	struct endpoints endpoints;
};

static struct endpoint *add(struct container *c, const char *name, const char *v4,
			    const char *v6, bool is_internal)
{
	struct network network = { .bridge = "hoy-0123456789",
				   .is_internal = is_internal,
				   .interface_prefix = "eth" };
	struct endpoint *endpoint = &c->items[c->endpoints.count++];
	const char *const texts[] = { v4, v6 };

	c->endpoints.items = c->items;
	c->endpoints.ports = c->ports;
	(void)str_copy(network.name, sizeof(network.name), name);
	(void)str_copy(network.id, sizeof(network.id), other_id);
	for (int i = 0; i < IP_FAMILIES; i++) {
		struct ip_address address = address_of(texts[i]);
		struct network_pool *pool = &network.pools[i];

		if (!ip_is_set(&address))
			continue;
		pool->subnet = ip_subnet_of(&address, i == IP_V4 ? 24 : 64);
		pool->range = pool->subnet;
		pool->gateway = ip_next(&pool->subnet.base);
	}
	endpoint_init(endpoint, &network, id, "eth0");
	for (int i = 0; i < IP_FAMILIES; i++)
		endpoint->addresses[i].address = address_of(texts[i]);
	endpoint_make_mac(endpoint);
	return endpoint;
}

static void publish(struct container *c, enum port_protocol protocol, const char *address,
		    uint16_t host, uint16_t inside)
{
	c->ports[c->endpoints.port_count++] =
		(struct port_mapping){ .protocol = protocol,
				       .address = address_of(address),
				       .host_port = host,
				       .container_port = inside };
}

static void fill(struct container *c)
{
	*c = (struct container){ 0 };
	(void)add(c, "web", "172.18.0.2", "fd00:1::2", false);
	(void)add(c, "inner", "172.19.0.2", "", true);
	publish(c, PORT_TCP, "0.0.0.0", 8080, 80);
	publish(c, PORT_TCP, "::", 8080, 80);
	publish(c, PORT_UDP, "127.0.0.1", 53, 5353);
	publish(c, PORT_TCP, "::1", 8443, 443);
}

/* --- the file ---------------------------------------------------------------------------- */

static void endpoints_come_back_as_they_were(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str again = { 0 };
	AUTO_STR struct str text = { 0 };
	struct endpoints read;
	struct container c;

	(void)state;
	fill(&c);
	c.items[1].priority = -7;
	endpoints_format(&c.endpoints, &text);
	assert_int_equal(endpoints_parse(str_text(&text), &arena, &read), 0);
	endpoints_format(&read, &again);
	assert_string_equal(str_text(&again), str_text(&text));
	assert_string_equal(
		str_text(&text),
		"version 2\n"
		"network web "
		"ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
		"hoy-0123456789 vethfedc0000000 eth0 02:42:ac:12:00:02 0 external\n"
		"address 172.18.0.2/24 172.18.0.1\n"
		"address fd00:1::2/64 fd00:1::1\n"
		"network inner "
		"ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
		"hoy-0123456789 vethfedc0000000 eth0 02:42:ac:13:00:02 -7 internal\n"
		"address 172.19.0.2/24 -\n"
		"port tcp 0.0.0.0 8080 80\n"
		"port tcp :: 8080 80\n"
		"port udp 127.0.0.1 53 5353\n"
		"port tcp ::1 8443 443\n");
}

#define NETWORK                   \
	"version 2\nnetwork web " \
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef hoy0 veth0 eth0 "

static void a_broken_file_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"version 1\n",
		"network web\n",
		"version 2\nnonsense\n",
		"version 2\naddress 10.0.0.2/24 -\n",
		"version 2\nport tcp 0.0.0.0 0 80\n",
		"version 2\nport sctp 0.0.0.0 8080 80\n",
		"version 2\nport tcp 0.0.0.0 8080 80",
		"version 2\nport tcp 0.0.0.0 8080 80 80\n",
		NETWORK "02:42:ac:12:00:02 0\n",
		NETWORK "02:42:ac:12:00:02 0 perhaps\n",
		NETWORK "02:42:ac:12:00:02 x internal\n",
		NETWORK "02:42:ac:12:00 0 internal\n",
		NETWORK "02:42:ac:12:00:02 0 internal more\n",
		NETWORK "02:42:ac:12:00:02 0 internal\naddress 10.0.0.2 -\n",
		NETWORK "02:42:ac:12:00:02 0 internal\naddress 10.0.0.2/24 fd00::1\n",
		NETWORK "02:42:ac:12:00:02 0 internal\naddress 10.0.0.2/24 -\n"
			"address 10.0.0.3/24 -\n",
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoints read;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(endpoints_parse(texts[i], &arena, &read), -EBADMSG);
	assert_int_equal(endpoints_parse("version 2\n", &arena, &read), 0);
	assert_int_equal(read.count, 0);
}

static void more_networks_than_there_can_be_are_refused(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct endpoints read;
	const char *line = NETWORK "02:42:ac:12:00:02 0 internal\n";

	(void)state;
	str_add(&text, line);
	for (int i = 1; i < ENDPOINTS_MAX; i++)
		str_add(&text, line + strlen("version 2\n"));
	assert_int_equal(endpoints_parse(str_text(&text), &arena, &read), 0);
	str_add(&text, line + strlen("version 2\n"));
	assert_int_equal(endpoints_parse(str_text(&text), &arena, &read), -EBADMSG);
}

/* --- the way out ------------------------------------------------------------------------- */

static void assert_way(const struct container *c, enum ip_family family, const char *network)
{
	const struct endpoint *way = endpoints_gateway(&c->endpoints, family);

	if (!network) {
		assert_null(way);
		return;
	}
	assert_non_null(way);
	assert_string_equal(way->network, network);
}

static void the_way_out_is_the_one_that_docker_takes(void **state)
{
	struct container c = { 0 };

	(void)state;
	assert_way(&c, IP_V4, NULL);
	(void)add(&c, "aaa", "10.0.1.2", "", true);
	assert_way(&c, IP_V4, NULL);
	(void)add(&c, "web", "10.0.2.2", "", false);
	assert_way(&c, IP_V4, "web");
	/* The first by name. */
	(void)add(&c, "bbb", "10.0.3.2", "", false);
	assert_way(&c, IP_V4, "bbb");
	assert_way(&c, IP_V6, NULL);
	/* One with both families goes before that. */
	(void)add(&c, "zzz", "10.0.4.2", "fd00::2", false);
	assert_way(&c, IP_V4, "zzz");
	assert_way(&c, IP_V6, "zzz");
	/* And priority before all. */
	c.items[1].priority = 1;
	assert_way(&c, IP_V4, "web");
	assert_way(&c, IP_V6, "zzz");
}

/* --- rules ------------------------------------------------------------------------------- */

static void a_port_leads_to_the_address_of_its_family(void **state)
{
	struct container c;

	(void)state;
	fill(&c);
	assert_ptr_equal(nat_target(&c.endpoints, &c.ports[0]), &c.items[0].addresses[0]);
	assert_ptr_equal(nat_target(&c.endpoints, &c.ports[1]), &c.items[0].addresses[1]);
	assert_ptr_equal(nat_target(&c.endpoints, &c.ports[2]), &c.items[0].addresses[0]);
	/* Nothing can leave the host from there. */
	assert_null(nat_target(&c.endpoints, &c.ports[3]));
	c.items[0].addresses[IP_V6] = (struct endpoint_address){ 0 };
	assert_null(nat_target(&c.endpoints, &c.ports[1]));
}

static struct network network_of(const char *bridge, const char *v4, const char *v6)
{
	struct network network = { .has_masquerade = true, .has_icc = true };

	(void)str_copy(network.bridge, sizeof(network.bridge), bridge);
	if (v4)
		(void)ip_subnet_parse(v4, &network.pools[IP_V4].subnet, NULL);
	if (v6)
		(void)ip_subnet_parse(v6, &network.pools[IP_V6].subnet, NULL);
	return network;
}

static void has_line(const struct str *text, const char *line)
{
	if (!strstr(text->data, line))
		fail_msg("there is no \"%s\" in:\n%s", line, text->data);
}

static void the_rules_name_every_network_and_port(void **state)
{
	struct network networks[] = { network_of("hoy0", "172.17.0.0/16", NULL),
				      network_of("hoy-1", "172.18.0.0/24", "fd00:1::/64"),
				      network_of("six", NULL, "fd00:2::/64") };
	AUTO_STR struct str text = { 0 };
	struct container c;
	struct nat_world world = { networks, 3, &c.endpoints, 1 };

	(void)state;
	fill(&c);
	networks[1].is_internal = true;
	networks[2].has_icc = false;
	nat_rules("hoy", &world, &text);
	assert_int_equal(str_ok(&text), 0);
	has_line(&text, "add table inet hoy\ndelete table inet hoy\ntable inet hoy {\n");
	has_line(&text, "map tcp_ports { type inet_service : ipv4_addr . inet_service; "
			"elements = { 8080 : 172.18.0.2 . 80 }; }\n");
	has_line(&text, "map tcp_ports6 { type inet_service : ipv6_addr . inet_service; "
			"elements = { 8080 : fd00:1::2 . 80 }; }\n");
	has_line(&text, "map udp_ports_at { type ipv4_addr . inet_service : ipv4_addr . "
			"inet_service; elements = { 127.0.0.1 . 53 : 172.18.0.2 . 5353 }; }\n");
	has_line(&text, "map tcp_ports6_at { type ipv6_addr . inet_service : ipv6_addr . "
			"inet_service; }\n");
	has_line(&text, "set bridges { type ifname; elements = { \"hoy0\", \"hoy-1\", "
			"\"six\" }; }\n");
	has_line(&text, "set internal { type ifname; elements = { \"hoy-1\" }; }\n");
	has_line(&text, "set same { type ifname . ifname; elements = { \"hoy0\" . \"hoy0\", "
			"\"hoy-1\" . \"hoy-1\" }; }\n");
	has_line(&text, "set subnets6 { type ipv6_addr; flags interval; elements = { "
			"fd00:1::/64, fd00:2::/64 }; }\n");
	/* An internal network is never masqueraded. */
	has_line(&text, "set masqueraded { type ipv4_addr; flags interval; elements = { "
			"172.17.0.0/16 }; }\n");
	has_line(&text, "set masqueraded6 { type ipv6_addr; flags interval; elements = { "
			"fd00:2::/64 }; }\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_come_back_as_they_were),
		cmocka_unit_test(a_broken_file_is_refused),
		cmocka_unit_test(more_networks_than_there_can_be_are_refused),
		cmocka_unit_test(the_way_out_is_the_one_that_docker_takes),
		cmocka_unit_test(a_port_leads_to_the_address_of_its_family),
		cmocka_unit_test(the_rules_name_every_network_and_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
