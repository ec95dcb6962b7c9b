/* /etc/hosts and /etc/resolv.conf as a container sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "engine/etc_files.h"

static void assert_resolv(const struct container_config *config, enum etc_network network,
			  const char *host, const char *expected)
{
	AUTO_STR struct str out = { 0 };

	etc_resolv_text(config, network, host, &out);
	assert_string_equal(str_text(&out), expected);
}

static void hosts_of_a_private_network_are_dockers(void **state)
{
	struct container_config config = { 0 };
	AUTO_STR struct str out = { 0 };

	(void)state;
	etc_hosts_text(&config, false, "10.0.0.1 secret\n", &out);
	assert_true(str_starts(str_text(&out), "127.0.0.1\tlocalhost\n"));
	assert_null(strstr(str_text(&out), "secret"));
}

static void hosts_of_the_hosts_network_are_the_hosts(void **state)
{
	struct container_config config = { 0 };
	AUTO_STR struct str out = { 0 };

	(void)state;
	etc_hosts_text(&config, true, "10.0.0.1 here", &out);
	assert_string_equal(str_text(&out), "10.0.0.1 here\n");
}

static void extra_hosts_are_appended_also_with_an_address_of_colons(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container_config config = { 0 };
	AUTO_STR struct str out = { 0 };

	(void)state;
	strv_add(&config.extra_hosts, &arena, "db:10.1.2.3");
	strv_add(&config.extra_hosts, &arena, "six:fe80::1");
	etc_hosts_text(&config, true, "", &out);
	assert_string_equal(str_text(&out), "10.1.2.3\tdb\nfe80::1\tsix\n");
}

static void the_hosts_loopback_servers_are_left_out_of_a_private_network(void **state)
{
	struct container_config config = { 0 };
	const char *host =
		"nameserver 127.0.0.53\nnameserver ::1\nnameserver 9.9.9.9\nsearch a b\n";

	(void)state;
	assert_resolv(&config, ETC_NETWORK_PRIVATE, host, "nameserver 9.9.9.9\nsearch a b\n");
	assert_resolv(&config, ETC_NETWORK_HOST, host, host);
}

static void what_is_given_takes_the_place_of_the_hosts(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container_config config = { 0 };

	(void)state;
	strv_add(&config.dns, &arena, "1.1.1.1");
	assert_resolv(&config, ETC_NETWORK_PRIVATE, "nameserver 9.9.9.9\nsearch a\noptions x",
		      "search a\noptions x\nnameserver 1.1.1.1\n");
	strv_add(&config.dns_search, &arena, "example.org");
	strv_add(&config.dns_search, &arena, "example.net");
	strv_add(&config.dns_options, &arena, "ndots:2");
	assert_resolv(&config, ETC_NETWORK_PRIVATE, "nameserver 9.9.9.9\ndomain a\noptions x\n",
		      "nameserver 1.1.1.1\nsearch example.org example.net\noptions ndots:2\n");
}

static void a_dot_is_no_search_list(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container_config config = { 0 };

	(void)state;
	strv_add(&config.dns_search, &arena, ".");
	assert_resolv(&config, ETC_NETWORK_PRIVATE, "search a\n", "");
}

static void with_names_the_one_server_is_hoy_dns(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container_config config = { 0 };
	const char *host = "nameserver 9.9.9.9\nsearch a b\noptions\ttimeout:3  edns0\n";

	(void)state;
	assert_resolv(&config, ETC_NETWORK_NAMES, NULL,
		      "nameserver 127.0.0.11\noptions ndots:0\n");
	assert_resolv(&config, ETC_NETWORK_NAMES, host,
		      "nameserver 127.0.0.11\nsearch a b\noptions timeout:3 edns0 ndots:0\n");
	strv_add(&config.dns, &arena, "1.1.1.1");
	strv_add(&config.dns_search, &arena, ".");
	strv_add(&config.dns_options, &arena, "ndots:2");
	assert_resolv(&config, ETC_NETWORK_NAMES, host,
		      "nameserver 127.0.0.11\noptions ndots:2\n");
}

static void short_names_stay_where_ndots_is_set(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct container_config config = { 0 };

	(void)state;
	assert_false(etc_resolv_keeps_short(&config, NULL));
	assert_false(etc_resolv_keeps_short(&config, "options ndots:0\n"));
	assert_false(etc_resolv_keeps_short(&config, "options ndots:x\n"));
	assert_true(etc_resolv_keeps_short(&config, "options timeout:1 ndots:5\n"));
	strv_add(&config.dns_options, &arena, "timeout:1");
	assert_false(etc_resolv_keeps_short(&config, "options ndots:5\n"));
	strv_add(&config.dns_options, &arena, "ndots:1");
	assert_true(etc_resolv_keeps_short(&config, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_of_a_private_network_are_dockers),
		cmocka_unit_test(hosts_of_the_hosts_network_are_the_hosts),
		cmocka_unit_test(extra_hosts_are_appended_also_with_an_address_of_colons),
		cmocka_unit_test(the_hosts_loopback_servers_are_left_out_of_a_private_network),
		cmocka_unit_test(what_is_given_takes_the_place_of_the_hosts),
		cmocka_unit_test(a_dot_is_no_search_list),
		cmocka_unit_test(with_names_the_one_server_is_hoy_dns),
		cmocka_unit_test(short_names_stay_where_ndots_is_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
