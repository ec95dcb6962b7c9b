/* Networks without a kernel: pools, options, the endpoint file, the rules as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "network/endpoint.h"
#include "network/nat.h"
#include "network/network.h"

static void the_default_pool_is_dockers_while_it_is_free(void **state)
{
	const struct ipv4_subnet taken = { 0xac110500, 24 };
	struct ipv4_subnet subnet;

	(void)state;
	assert_int_equal(network_pool_choose(true, NULL, 0, &subnet), 0);
	assert_int_equal(subnet.base, 0xac110000);
	assert_int_equal(subnet.prefix, 16);
	assert_int_equal(network_pool_choose(true, &taken, 1, &subnet), 0);
	assert_int_equal(subnet.base, 0xac120000);
	assert_int_equal(subnet.prefix, 24);
}

static void thousands_of_pools_never_overlap(void **state)
{
	enum { WANTED = 3824 };
	struct ipv4_subnet *taken = test_calloc(WANTED + 1, sizeof(*taken));
	size_t count = 0;

	(void)state;
	while (network_pool_choose(false, taken, count, &taken[count]) == 0) {
		for (size_t i = 0; i < count && count % 100 == 0; i++)
			assert_false(ipv4_subnet_overlaps(taken[i], taken[count]));
		assert_in_range(++count, 1, WANTED);
	}
	assert_int_equal(count, WANTED);
	test_free(taken);
}

static int apply(struct network_request *request, struct network *network, struct err *e)
{
	*network = (struct network){ 0 };
	request->name = "n";
	return network_options_apply(request, network, e);
}

static void subnet_gateway_and_range_must_agree(void **state)
{
	struct network_request good = { .subnet = "10.1.0.0/24",
					.gateway = "10.1.0.254",
					.ip_range = "10.1.0.128/25" };
	struct network_request bad[] = {
		{ .subnet = "10.1.0.1/24" },
		{ .subnet = "10.1.0.0/31" },
		{ .subnet = "fd00::/64" },
		{ .subnet = "10.1.0.0/24", .gateway = "10.2.0.1" },
		{ .subnet = "10.1.0.0/24", .gateway = "10.1.0.255" },
		{ .subnet = "10.1.0.0/24", .ip_range = "10.2.0.0/25" },
		{ .subnet = "10.1.0.0/24", .ip_range = "10.0.0.0/8" },
		{ .gateway = "10.1.0.1" },
	};
	struct network network;

	(void)state;
	assert_int_equal(apply(&good, &network, NULL), 0);
	assert_int_equal(network.gateway, 0x0a0100fe);
	assert_int_equal(network.range.base, 0x0a010080);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(apply(&bad[i], &network, NULL) < 0);
}

static void an_option_that_is_not_known_is_refused_by_name(void **state)
{
	char *items[] = { (char *)(uintptr_t) "com.docker.network.bridge.enable_icc=false" };
	struct network_request request = { .options = { .items = items, .count = 1 } };
	struct network network;
	struct err e = { 0 };

	(void)state;
	assert_true(apply(&request, &network, &e) < 0);
	assert_non_null(strstr(e.text, "com.docker.network.bridge.enable_icc"));
	items[0] = (char *)(uintptr_t) "com.docker.network.driver.mtu=1400";
	assert_int_equal(apply(&request, &network, &e), 0);
	assert_int_equal(network.mtu, 1400);
	items[0] = (char *)(uintptr_t) "com.docker.network.bridge.name=../x";
	assert_true(apply(&request, &network, &e) < 0);
}

static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void make_endpoint(struct endpoint *endpoint, struct port_mapping ports[2])
{
	struct network network = { .name = "web",
				   .bridge = "br-0123456789ab",
				   .subnet = { 0xac120000, 24 },
				   .gateway = 0xac120001 };

	(void)str_copy(network.id, sizeof(network.id), id);
	endpoint_init(endpoint, &network, id, 0xac120002);
	ports[0] = (struct port_mapping){ PORT_TCP, false, 0, 8080, 80 };
	ports[1] = (struct port_mapping){ PORT_UDP, true, 0x7f000001, 53, 5353 };
	endpoint->ports = ports;
	endpoint->port_count = 2;
}

static void an_endpoint_comes_back_as_it_was(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str again = { 0 };
	AUTO_STR struct str text = { 0 };
	struct port_mapping ports[2];
	struct endpoint endpoint;
	struct endpoint read;

	(void)state;
	make_endpoint(&endpoint, ports);
	endpoint_format(&endpoint, &text);
	assert_int_equal(endpoint_parse(str_text(&text), &arena, &read), 0);
	endpoint_format(&read, &again);
	assert_string_equal(str_text(&again), str_text(&text));
	assert_string_equal(str_text(&text),
			    "network web "
			    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
			    "br-0123456789ab 172.18.0.2/24 172.18.0.1 02:42:ac:12:00:02 "
			    "veth0123456789\n"
			    "port tcp 0.0.0.0 8080 80\n"
			    "port udp 127.0.0.1 53 5353\n");
}

static void a_broken_endpoint_file_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"port tcp 0.0.0.0 8080 80\n",
		"network web\n",
		"network web x br 172.18.0.2/24 172.18.0.1 02:42:ac:12:00:02 veth0\n",
		"nonsense\n",
		"port tcp 0.0.0.0 0 80\n",
		"port tcp 0.0.0.0 8080",
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct endpoint read;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(endpoint_parse(texts[i], &arena, &read), -EBADMSG);
}

static void the_rules_name_every_network_and_port(void **state)
{
	struct network networks[2] = {
		{ .bridge = "hoy0", .subnet = { 0xac110000, 16 }, .has_masquerade = true },
		{ .bridge = "br-1",
		  .subnet = { 0xac120000, 24 },
		  .has_masquerade = true,
		  .is_internal = true }
	};
	AUTO_STR struct str text = { 0 };
	struct port_mapping ports[2];
	struct endpoint endpoint;
	struct nat_world world = { networks, 2, &endpoint, 1 };

	(void)state;
	make_endpoint(&endpoint, ports);
	nat_rules("hoy", &world, &text);
	assert_int_equal(str_ok(&text), 0);
	assert_non_null(strstr(text.data, "delete table ip hoy\n"));
	assert_non_null(strstr(text.data, "elements = { 8080 : 172.18.0.2 . 80 }"));
	assert_non_null(strstr(text.data, "elements = { 127.0.0.1 . 53 : 172.18.0.2 . 5353 }"));
	assert_non_null(strstr(text.data, "elements = { \"hoy0\", \"br-1\" }"));
	assert_non_null(
		strstr(text.data, "set internal { type ifname; elements = { \"br-1\" }"));
	/* An internal network is never masqueraded. */
	assert_non_null(strstr(text.data, "set masqueraded { type ipv4_addr; flags interval; "
					  "elements = { 172.17.0.0/16 }"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_pool_is_dockers_while_it_is_free),
		cmocka_unit_test(thousands_of_pools_never_overlap),
		cmocka_unit_test(subnet_gateway_and_range_must_agree),
		cmocka_unit_test(an_option_that_is_not_known_is_refused_by_name),
		cmocka_unit_test(an_endpoint_comes_back_as_it_was),
		cmocka_unit_test(a_broken_endpoint_file_is_refused),
		cmocka_unit_test(the_rules_name_every_network_and_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
