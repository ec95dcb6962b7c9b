/* What a container is registered with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>

#include "names_fixture.h"

static void a_registration_says_what_it_says(void **state)
{
	struct registration r;

	(void)state;
	assert_int_equal(parse("hoy-dns 1\ncontainer " ID_A "\nserver 192.0.2.1\n"
			       "server 2001:db8::1\nkeep-short\nnetwork " BLUE
			       " Blue internal 10.0.0.2/24 fd00::2/64\nname Web\nname www\n"
			       "link Db Store\n",
			       &r),
			 0);
	assert_string_equal(r.id, ID_A);
	assert_int_equal(r.servers.count, 2);
	assert_int_equal(r.servers.items[1].ss_family, AF_INET6);
	assert_true(r.keeps_short && r.is_internal);
	assert_int_equal(r.network_count, 1);
	assert_string_equal(r.networks[0].name, "blue");
	assert_int_equal(r.networks[0].address_count, 2);
	assert_int_equal(r.networks[0].addresses[1].prefix, 64);
	assert_string_equal(r.networks[0].names.items[0], "web");
	assert_string_equal(r.networks[0].links.items[1], "store");
	registration_done(&r);
	/* One open network is a way out; without any there is none. */
	assert_int_equal(parse("hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE
			       " blue internal - -\nnetwork " BLUE " red open - -\n",
			       &r),
			 0);
	assert_false(r.is_internal);
	registration_done(&r);
	assert_int_equal(parse("hoy-dns 1\ncontainer " ID_A "\n", &r), 0);
	assert_true(r.is_internal);
	registration_done(&r);
}

static void a_broken_registration_is_refused_whole(void **state)
{
	static const char *const lines[] = {
		"container " ID_B,
		"container x",
		"server 1.2.3",
		"server",
		"server 192.0.2.1 x",
		"name early",
		"link a b",
		"keep-short now",
		"network " BLUE " blue open 10.0.0.2 -",
		"network " BLUE " blue open 10.0.0.2/33 -",
		"network " BLUE " blue open - fd00::1/129",
		"network " BLUE " blue shut - -",
		"network blue blue open - -",
		"network " BLUE " blue open -",
		"network " BLUE " blue open - - -",
		"network " BLUE "  open - -",
		"",
		"unknown word",
		" server 192.0.2.1",
	};
	struct registration r;
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		(void)snprintf(text, sizeof(text), "hoy-dns 1\ncontainer " ID_A "\n%s\n",
			       lines[i]);
		assert_int_equal(parse(text, &r), -EINVAL);
	}
	assert_int_equal(parse("hoy-dns 1\n", &r), -EINVAL);
	assert_int_equal(parse("hoy-dns 1\ncontainer " ID_A, &r), -EINVAL);
	assert_int_equal(parse("hoy-dns 2\ncontainer " ID_A "\n", &r), -EINVAL);
	assert_int_equal(parse("", &r), -EINVAL);
	assert_int_equal(parse("hoy-dns 1\ncontainer " ID_A "\nserver 1.1.1.1\nserver 1.1.1.2\n"
			       "server 1.1.1.3\nserver 1.1.1.4\n",
			       &r),
			 -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_says_what_it_says),
		cmocka_unit_test(a_broken_registration_is_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
