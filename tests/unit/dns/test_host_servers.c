/* What a resolv.conf says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/host_servers.h"
#include "servers_fixture.h"

static void the_host_names_its_servers(void **state)
{
	struct server_list list;

	(void)state;
	host_servers_parse("# nameserver 1.1.1.1\nsearch x\n  nameserver 2.2.2.2\n"
			   "nameserver\t192.0.2.1 \nnameserver 192.0.2.2#53\n"
			   "nameserver nonsense\nnameservers 3.3.3.3\nnameserver\n"
			   "nameserver fe80::1%7\nnameserver 192.0.2.4",
			   &list);
	assert_int_equal(list.count, 3);
	assert_string_equal(address_at(&list, 0), "192.0.2.1");
	assert_string_equal(address_at(&list, 1), "192.0.2.2");
	assert_string_equal(address_at(&list, 2), "fe80::1%7");
	host_servers_parse("", &list);
	assert_int_equal(list.count, 1);
	assert_string_equal(address_at(&list, 0), "127.0.0.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_names_its_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
