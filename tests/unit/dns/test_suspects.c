/* Servers that did not answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/host_servers.h"
#include "dns/suspects.h"
#include "servers_fixture.h"

#define SECOND UINT64_C(1000000000)

static void a_suspect_is_asked_last_for_a_while(void **state)
{
	struct suspects suspects = { 0 };
	struct server_list list;
	struct server_list sorted;

	(void)state;
	host_servers_parse("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n",
			   &list);
	suspects_add(&suspects, &list.items[0], 0);
	sorted = list;
	suspects_last(&suspects, SECOND, &sorted);
	assert_string_equal(address_at(&sorted, 0), "192.0.2.2");
	assert_string_equal(address_at(&sorted, 2), "192.0.2.1");
	sorted = list;
	suspects_last(&suspects, 11 * SECOND, &sorted);
	assert_string_equal(address_at(&sorted, 0), "192.0.2.1");
	suspects_add(&suspects, &list.items[1], 0);
	suspects_clear(&suspects, &list.items[1]);
	sorted = list;
	suspects_last(&suspects, SECOND, &sorted);
	assert_string_equal(address_at(&sorted, 0), "192.0.2.2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_suspect_is_asked_last_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
