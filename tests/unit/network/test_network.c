/* Networks without a kernel: pools, what `network create` is told, and the record. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "network/network.h"

static const char id[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct ip_subnet subnet_of(const char *text)
{
	struct ip_subnet subnet;

	assert_int_equal(ip_subnet_parse(text, &subnet, NULL), 0);
	return subnet;
}

static void assert_subnet(const struct ip_subnet *subnet, const char *wanted)
{
	char text[IP_SUBNET_TEXT_SIZE];

	ip_subnet_format(subnet, text);
	assert_string_equal(text, wanted);
}

static void assert_address(const struct ip_address *address, const char *wanted)
{
	char text[IP_TEXT_SIZE];

	ip_format(address, text);
	assert_string_equal(text, wanted);
}

/* --- pools ------------------------------------------------------------------------------- */

static void the_default_pool_is_dockers_while_it_is_free(void **state)
{
	const struct ip_subnet taken = subnet_of("172.17.5.0/24");
	struct ip_subnet subnet;

	(void)state;
	assert_int_equal(network_pool_choose(true, NULL, 0, &subnet), 0);
	assert_subnet(&subnet, "172.17.0.0/16");
	assert_int_equal(network_pool_choose(true, &taken, 1, &subnet), 0);
	assert_subnet(&subnet, "172.18.0.0/24");
}

static void thousands_of_pools_never_overlap(void **state)
{
	enum { WANTED = 3824 };
	struct ip_subnet *taken = test_calloc(WANTED + 1, sizeof(*taken));
	size_t count = 0;

	(void)state;
	while (network_pool_choose(false, taken, count, &taken[count]) == 0) {
		for (size_t i = 0; i < count && count % 100 == 0; i++)
			assert_false(ip_subnet_overlaps(&taken[i], &taken[count]));
		assert_in_range(++count, 1, WANTED);
	}
	assert_int_equal(count, WANTED);
	assert_subnet(&taken[WANTED - 1], "192.168.255.0/24");
	test_free(taken);
}

static void an_ipv6_pool_is_unique_local_and_made_of_the_id(void **state)
{
	struct ip_subnet taken[64];
	size_t count = 0;

	(void)state;
	assert_int_equal(network_pool_choose_v6(id, NULL, 0, &taken[0]), 0);
	assert_subnet(&taken[0], "fd01:2345:6789:abcd::/64");
	for (count = 1; network_pool_choose_v6(id, taken, count, &taken[count]) == 0; count++)
		assert_in_range(count, 1, 62);
	/* The id of this test repeats itself after eight bytes. */
	assert_int_equal(count, 8);
}

/* --- what the user said ------------------------------------------------------------------ */

struct said {
	const char *subnets[3];
	const char *gateway;
	const char *ip_range;
	const char *reserved;
	const char *option;
	bool is_without_ipv4;
	bool is_with_ipv6;
};

static void add(struct strv *list, struct arena *arena, const char *text)
{
	if (text)
		strv_add(list, arena, text);
}

static int apply(const struct said *said, struct arena *arena, struct network *network,
		 struct err *e)
{
	struct network_request request = { .name = "n",
					   .is_without_ipv4 = said->is_without_ipv4,
					   .is_with_ipv6 = said->is_with_ipv6 };

	for (int i = 0; i < 3; i++)
		add(&request.subnets, arena, said->subnets[i]);
	add(&request.gateways, arena, said->gateway);
	add(&request.ip_ranges, arena, said->ip_range);
	add(&request.reserved, arena, said->reserved);
	add(&request.options, arena, said->option);
	*network = (struct network){ 0 };
	return network_options_apply(&request, arena, network, e);
}

static void subnets_gateways_and_ranges_that_agree_are_taken(void **state)
{
	const struct said four = { .subnets = { "10.1.0.0/24" },
				   .gateway = "10.1.0.254",
				   .ip_range = "10.1.0.128/25",
				   .reserved = "printer=10.1.0.130" };
	const struct said both = { .subnets = { "fd00:1::/64", "10.1.0.0/24" },
				   .gateway = "fd00:1::ff" };
	const struct said six = { .subnets = { "fd00:1::/64" }, .is_without_ipv4 = true };
	AUTO_ARENA struct arena arena = { 0 };
	struct network network;

	(void)state;
	assert_int_equal(apply(&four, &arena, &network, NULL), 0);
	assert_address(&network.pools[IP_V4].gateway, "10.1.0.254");
	assert_subnet(&network.pools[IP_V4].range, "10.1.0.128/25");
	assert_string_equal(network.pools[IP_V4].reserved.items[0], "printer=10.1.0.130");
	assert_false(network_has(&network, IP_V6));
	assert_int_equal(apply(&both, &arena, &network, NULL), 0);
	assert_address(&network.pools[IP_V4].gateway, "10.1.0.1");
	assert_address(&network.pools[IP_V6].gateway, "fd00:1::ff");
	assert_int_equal(apply(&six, &arena, &network, NULL), 0);
	assert_false(network_has(&network, IP_V4));
	assert_subnet(&network.pools[IP_V6].range, "fd00:1::/64");
}

static void those_that_do_not_are_refused(void **state)
{
	static const struct said bad[] = {
		{ .subnets = { "10.1.0.1/24" } },
		{ .subnets = { "10.1.0.0/31" } },
		{ .subnets = { "10.1.0.0" } },
		{ .subnets = { "fd00::/127" } },
		{ .subnets = { "::/0" } },
		{ .subnets = { "10.1.0.0/24", "10.2.0.0/24" } },
		{ .subnets = { "10.1.0.0/24" }, .gateway = "10.2.0.1" },
		{ .subnets = { "10.1.0.0/24" }, .gateway = "10.1.0.255" },
		{ .subnets = { "10.1.0.0/24" }, .gateway = "10.1.0.0" },
		{ .subnets = { "10.1.0.0/24" }, .gateway = "fd00::1" },
		{ .subnets = { "10.1.0.0/24" }, .ip_range = "10.2.0.0/25" },
		{ .subnets = { "10.1.0.0/24" }, .ip_range = "10.0.0.0/8" },
		{ .subnets = { "10.1.0.0/24" }, .reserved = "10.1.0.9" },
		{ .subnets = { "10.1.0.0/24" }, .reserved = "a=10.2.0.9" },
		{ .subnets = { "10.1.0.0/24" }, .is_without_ipv4 = true, .is_with_ipv6 = true },
		{ .gateway = "10.1.0.1" },
		{ .ip_range = "10.1.0.0/25" },
		{ .is_without_ipv4 = true },
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct network network;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err e = { 0 };

		if (apply(&bad[i], &arena, &network, &e) == 0)
			fail_msg("case %zu is taken", i);
		assert_int_equal(e.kind, ERR_INVALID);
	}
}

static void driver_options_are_docker_s_and_others_are_refused_by_name(void **state)
{
	const struct said mtu = { .option = "com.docker.network.driver.mtu=1400" };
	const struct said icc = { .option = "com.docker.network.bridge.enable_icc=false" };
	const struct said unknown = { .option = "com.docker.network.bridge.nonsense=1" };
	const struct said names[] = {
		{ .option = "com.docker.network.bridge.name=../x" },
		{ .option = "com.docker.network.bridge.name=eth*" },
		{ .option = "com.docker.network.bridge.name=a\"b" },
		{ .option = "com.docker.network.bridge.name=longer-than-an-interface" },
		{ .option = "com.docker.network.container_iface_prefix=longer-than-that" },
	};
	AUTO_ARENA struct arena arena = { 0 };
	struct network network;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(apply(&mtu, &arena, &network, &e), 0);
	assert_int_equal(network.mtu, 1400);
	assert_true(network.has_icc);
	assert_int_equal(apply(&icc, &arena, &network, &e), 0);
	assert_false(network.has_icc);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_true(apply(&names[i], &arena, &network, &e) < 0);
	assert_true(apply(&unknown, &arena, &network, &e) < 0);
	assert_string_equal(e.text, "the driver option com.docker.network.bridge.nonsense is "
				    "not supported yet");
}

/* --- the record -------------------------------------------------------------------------- */

static void a_record_comes_back_as_it_was(void **state)
{
	const struct said said = { .subnets = { "10.1.0.0/24", "fd00:1::/64" },
				   .ip_range = "10.1.0.128/25",
				   .reserved = "printer=10.1.0.130",
				   .option =
					   "com.docker.network.bridge.host_binding_ipv4=::1" };
	char directory[] = "/tmp/hoy-test.XXXXXX";
	AUTO_ARENA struct arena arena = { 0 };
	struct network network;
	struct network read = { 0 };
	struct err e = { 0 };
	int dir_fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	dir_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(apply(&said, &arena, &network, NULL), 0);
	(void)str_copy(network.name, sizeof(network.name), "web");
	(void)str_copy(network.id, sizeof(network.id), id);
	(void)str_copy(network.bridge, sizeof(network.bridge), "hoy-0123456789");
	assert_int_equal(network_record_write(dir_fd, &network, &e), 0);
	assert_int_equal(network_record_read(dir_fd, "web.json", &arena, &read, &e), 0);
	assert_string_equal(read.bridge, network.bridge);
	assert_memory_equal(&read.pools[IP_V6], &network.pools[IP_V6], sizeof(read.pools[0]));
	assert_subnet(&read.pools[IP_V4].range, "10.1.0.128/25");
	assert_string_equal(read.pools[IP_V4].reserved.items[0], "printer=10.1.0.130");
	assert_address(&read.host_binding, "::1");
	assert_string_equal(read.interface_prefix, "eth");
	assert_true(read.has_icc && read.has_masquerade && !read.is_internal);
	/* The name is taken once. */
	assert_true(network_record_write(dir_fd, &network, &e) < 0);
	assert_int_equal(dir_remove(AT_FDCWD, directory), 0);
	(void)close(dir_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_pool_is_dockers_while_it_is_free),
		cmocka_unit_test(thousands_of_pools_never_overlap),
		cmocka_unit_test(an_ipv6_pool_is_unique_local_and_made_of_the_id),
		cmocka_unit_test(subnets_gateways_and_ranges_that_agree_are_taken),
		cmocka_unit_test(those_that_do_not_are_refused),
		cmocka_unit_test(driver_options_are_docker_s_and_others_are_refused_by_name),
		cmocka_unit_test(a_record_comes_back_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
