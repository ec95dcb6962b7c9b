/* Of a container's networks what needs no kernel: ports, names, links, and lines of
 * /etc/hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/container_hosts.h"
#include "engine/container_links.h"
#include "engine/container_names.h"
#include "engine/container_ports.h"

static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct ip_address address_of(const char *text)
{
	struct ip_address address;

	assert_int_equal(ip_parse(text, &address), 0);
	return address;
}

static struct endpoint endpoint_on(const char *network, const char *v4, const char *v6)
{
	struct endpoint endpoint = { 0 };
	const char *const texts[] = { v4, v6 };

	(void)str_copy(endpoint.network, sizeof(endpoint.network), network);
	for (int i = 0; i < IP_FAMILIES; i++) {
		if (!texts[i])
			continue;
		endpoint.addresses[i].address = address_of(texts[i]);
		endpoint.addresses[i].gateway = endpoint.addresses[i].address;
	}
	return endpoint;
}

/* --- ports ------------------------------------------------------------------------------- */

/* What -p TEXT comes to on a container with these addresses, as "ADDRESS:HOST ..." in one
 * text. */
static void publishes(const char *port, const struct port_facts *facts,
		      struct endpoint endpoint, const char *wanted)
{
	struct container_config config = { 0 };
	struct endpoints endpoints = { .items = &endpoint, .count = 1 };
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct err e = { 0 };
	int r = port_mappings_parse(port, &arena, &config.ports, &e);

	if (r == 0)
		r = container_ports_list(&config, facts, &arena, &endpoints, &e);
	for (size_t i = 0; r == 0 && i < endpoints.port_count; i++) {
		char address[IP_SUBNET_TEXT_SIZE];

		ip_format_host(&endpoints.ports[i].address, address);
		str_printf(&text, "%s%s:%u", i > 0 ? " " : "", address,
			   endpoints.ports[i].host_port);
	}
	assert_string_equal(r < 0 ? e.text : str_text(&text), wanted);
}

static void a_port_without_an_address_is_one_of_each_family(void **state)
{
	const struct port_facts both = { .has_ipv6 = true };
	const struct port_facts four = { 0 };
	const struct port_facts local = { .has_ipv6 = true,
					  .binding = address_of("127.0.0.1") };

	(void)state;
	publishes("8080:80", &both, endpoint_on("a", "10.0.0.2", "fd00::2"),
		  "0.0.0.0:8080 [::]:8080");
	publishes("80", &both, endpoint_on("a", "10.0.0.2", NULL), "0.0.0.0:0 [::]:0");
	publishes("8080:80", &both, endpoint_on("a", NULL, "fd00::2"), "[::]:8080");
	publishes("8080:80", &four, endpoint_on("a", "10.0.0.2", NULL), "0.0.0.0:8080");
	publishes("8080:80", &local, endpoint_on("a", "10.0.0.2", NULL), "127.0.0.1:8080");
	publishes("0.0.0.0:8080:80", &both, endpoint_on("a", "10.0.0.2", "fd00::2"),
		  "0.0.0.0:8080");
	publishes("[::1]:8080:80", &local, endpoint_on("a", "10.0.0.2", NULL), "[::1]:8080");
	publishes(
		"127.0.0.1:8080:80", &both, endpoint_on("a", NULL, "fd00::2"),
		"port 80 cannot be published on 127.0.0.1: the container has no IPv4 address");
}

static void everything_exposed_is_published_once(void **state)
{
	struct endpoint endpoint = endpoint_on("a", "10.0.0.2", NULL);
	struct endpoints endpoints = { .items = &endpoint, .count = 1 };
	struct container_config config = { .is_publish_all = true };
	const struct port_facts facts = { 0 };
	AUTO_ARENA struct arena arena = { 0 };

	(void)state;
	strv_add(&config.exposed_ports, &arena, "80/tcp");
	strv_add(&config.exposed_ports, &arena, "53/udp");
	strv_add(&config.ports, &arena, ":8080:80/tcp");
	assert_int_equal(container_ports_list(&config, &facts, &arena, &endpoints, NULL), 0);
	assert_int_equal(endpoints.port_count, 2);
	assert_int_equal(endpoints.ports[1].container_port, 53);
	assert_int_equal(endpoints.ports[1].protocol, PORT_UDP);
	assert_int_equal(endpoints.ports[1].host_port, 0);
	assert_true(container_ports_lead_somewhere(&endpoints));
	endpoint.addresses[IP_V4].gateway = (struct ip_address){ 0 };
	assert_false(container_ports_lead_somewhere(&endpoints));
}

/* --- names ------------------------------------------------------------------------------- */

static void joined(const struct strv *list, const char *wanted)
{
	AUTO_STR struct str text = { 0 };

	for (size_t i = 0; i < list->count; i++)
		str_printf(&text, "%s%s", i > 0 ? " " : "", list->items[i]);
	assert_string_equal(str_text(&text), wanted);
}

static void a_container_has_names_on_networks_of_the_user_alone(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoint items[] = { endpoint_on("front", "10.0.0.2", NULL),
				    endpoint_on("bridge", "172.17.0.2", NULL) };
	const struct endpoints endpoints = { .items = items, .count = 2 };
	struct endpoint_request requests[] = { { .network = arena_copy(&arena, "bridge") },
					       { .network = arena_copy(&arena, "front") } };
	struct record record = { .name = "web",
				 .config = { .networks = requests,
					     .network_count = 2,
					     .hostname = arena_copy(&arena, "box") } };
	struct container_names *list;
	size_t count;

	(void)state;
	(void)str_copy(record.id, sizeof(record.id), id);
	strv_add(&requests[1].aliases, &arena, "www");
	strv_add(&requests[1].aliases, &arena, "web");
	strv_add(&requests[1].links, &arena, "db:store");
	assert_int_equal(container_names_list(&record, &endpoints, &arena, &list, &count), 0);
	assert_int_equal(count, 2);
	assert_ptr_equal(list[0].endpoint, &items[0]);
	joined(&list[0].names, "web www 0123456789ab box");
	joined(&list[0].links, "db:store");
	assert_int_equal(list[1].names.count, 0);
}

/* --- links ------------------------------------------------------------------------------- */

static void a_link_says_where_the_other_one_listens(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv ports = { 0 };
	struct strv env = { 0 };

	(void)state;
	strv_add(&ports, &arena, "6379/tcp");
	strv_add(&ports, &arena, "53/udp");
	container_link_env("web", "my-db", "172.17.0.3", &ports, &arena, &env);
	joined(&env, "MY_DB_PORT=udp://172.17.0.3:53 "
		     "MY_DB_PORT_53_UDP=udp://172.17.0.3:53 MY_DB_PORT_53_UDP_ADDR=172.17.0.3 "
		     "MY_DB_PORT_53_UDP_PORT=53 MY_DB_PORT_53_UDP_PROTO=udp "
		     "MY_DB_PORT_6379_TCP=tcp://172.17.0.3:6379 "
		     "MY_DB_PORT_6379_TCP_ADDR=172.17.0.3 MY_DB_PORT_6379_TCP_PORT=6379 "
		     "MY_DB_PORT_6379_TCP_PROTO=tcp MY_DB_NAME=/web/my-db");
}

/* --- hosts ------------------------------------------------------------------------------- */

static void under_each_address_stands_the_own_name(void **state)
{
	struct endpoint endpoint = endpoint_on("a", "10.0.0.2", "fd00::2");
	const struct container_name plain = { "web", NULL };
	const struct container_name whole = { "web", "example.org" };
	AUTO_STR struct str text = { 0 };

	(void)state;
	container_hosts_lines(&endpoint, &plain, &text);
	assert_string_equal(str_text(&text), "10.0.0.2\tweb\nfd00::2\tweb\n");
	str_clear(&text);
	endpoint.addresses[IP_V6] = (struct endpoint_address){ 0 };
	container_hosts_lines(&endpoint, &whole, &text);
	assert_string_equal(str_text(&text), "10.0.0.2\tweb.example.org web\n");
}

static void without(const char *text, const char *gone, const char *wanted)
{
	AUTO_STR struct str left = { 0 };

	container_hosts_without(text, gone, &left);
	assert_string_equal(str_text(&left), wanted);
}

static void only_lines_that_are_exactly_ours_go(void **state)
{
	(void)state;
	without("1\tlo\n2\tweb\n3\tx\n", "2\tweb\n", "1\tlo\n3\tx\n");
	without("2\tweb more\n2\tweb\n22\tweb\n", "2\tweb\n", "2\tweb more\n22\tweb\n");
	without("2\tweb", "2\tweb\n", "");
	without("2\twe", "2\tweb\n", "2\twe");
	without("\n\n2\tweb\n\n", "2\tweb\n", "\n\n\n");
	without("", "2\tweb\n", "");
	without("a\nb\n", "b\na\n", "");
	without("a\nb\n", "", "a\nb\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_without_an_address_is_one_of_each_family),
		cmocka_unit_test(everything_exposed_is_published_once),
		cmocka_unit_test(a_container_has_names_on_networks_of_the_user_alone),
		cmocka_unit_test(a_link_says_where_the_other_one_listens),
		cmocka_unit_test(under_each_address_stands_the_own_name),
		cmocka_unit_test(only_lines_that_are_exactly_ours_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
