/* Addresses and subnets of both families as text and as bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/ip.h"

static struct ip_address address_of(const char *text)
{
	struct ip_address address;

	assert_int_equal(ip_parse(text, &address), 0);
	return address;
}

static struct ip_subnet subnet_of(const char *text)
{
	struct ip_subnet subnet;

	assert_int_equal(ip_subnet_parse(text, &subnet, NULL), 0);
	return subnet;
}

static void addresses_come_back_as_they_were(void **state)
{
	static const char *const texts[] = {
		"0.0.0.0", "10.0.0.1",	      "172.17.255.254", "255.255.255.255", "::",
		"::1",	   "fd00:1:2:3::abc", "2001:db8::",	"fe80::1:0:0:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ip_address address = address_of(texts[i]);
		char text[IP_TEXT_SIZE];

		ip_format(&address, text);
		assert_string_equal(text, texts[i]);
	}
}

static void one_address_has_one_text(void **state)
{
	struct ip_address address = address_of("FD00:0:0:0:0:0:0:0001");
	char text[IP_SUBNET_TEXT_SIZE];

	(void)state;
	ip_format(&address, text);
	assert_string_equal(text, "fd00::1");
	ip_format_host(&address, text);
	assert_string_equal(text, "[fd00::1]");
	address = address_of("10.0.0.1");
	ip_format_host(&address, text);
	assert_string_equal(text, "10.0.0.1");
	address = (struct ip_address){ 0 };
	ip_format(&address, text);
	assert_string_equal(text, "");
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = { "",
					     "1",
					     "1.2.3",
					     "1.2.3.4.5",
					     "256.0.0.1",
					     "1.2.3.",
					     "1..2.3",
					     "01.2.3.4",
					     "1.2.3.4 ",
					     " 1.2.3.4",
					     "1.2.3.-4",
					     "a.b.c.d",
					     "1.2.3.0004",
					     "0x1.2.3.4",
					     ":",
					     ":::",
					     "fd00",
					     "1:2:3:4:5:6:7",
					     "fe80::1%lo",
					     "[::1]",
					     "12345::",
					     "::ffff:10.0.0.1",
					     "::ffff:a00:1" };
	struct ip_address address;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(ip_parse(texts[i], &address), 0);
}

static void a_subnet_knows_its_address_and_its_host_bits(void **state)
{
	static const struct {
		const char *text;
		const char *address;
		const char *subnet;
		const char *last;
	} cases[] = {
		{ "172.18.3.9/24", "172.18.3.9", "172.18.3.0/24", "172.18.3.255" },
		{ "172.18.3.9/21", "172.18.3.9", "172.18.0.0/21", "172.18.7.255" },
		{ "0.0.0.0/0", "0.0.0.0", "0.0.0.0/0", "255.255.255.255" },
		{ "fd00::5/64", "fd00::5", "fd00::/64", "fd00::ffff:ffff:ffff:ffff" },
		{ "fd00::5/127", "fd00::5", "fd00::4/127", "fd00::5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ip_address wanted = address_of(cases[i].address);
		struct ip_address last = address_of(cases[i].last);
		struct ip_address found;
		struct ip_subnet subnet;
		char text[IP_SUBNET_TEXT_SIZE];

		assert_int_equal(ip_subnet_parse(cases[i].text, &subnet, &found), 0);
		assert_true(ip_equal(&found, &wanted));
		ip_subnet_format(&subnet, text);
		assert_string_equal(text, cases[i].subnet);
		found = ip_subnet_last(&subnet);
		assert_true(ip_equal(&found, &last));
		assert_true(ip_subnet_has(&subnet, &last));
	}
}

static void what_is_no_subnet_is_refused(void **state)
{
	static const char *const texts[] = {
		"10.0.0.0",	"10.0.0.0/33",
		"10.0.0.0/",	"10.0.0/8",
		"fd00::/129",	"fd00::",
		"/24",		"10.0.0.0/-1",
		"10.0.0.0/8/8", "1111:1111:1111:1111:1111:1111:111.111.111.1111/1"
	};
	struct ip_subnet subnet;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(ip_subnet_parse(texts[i], &subnet, NULL), 0);
}

static bool overlap(const char *a, const char *b)
{
	struct ip_subnet left = subnet_of(a);
	struct ip_subnet right = subnet_of(b);

	return ip_subnet_overlaps(&left, &right);
}

static void overlap_is_seen_from_both_sides_and_within_a_family(void **state)
{
	(void)state;
	assert_true(overlap("172.16.0.0/12", "172.17.0.0/24"));
	assert_true(overlap("172.17.0.0/24", "172.16.0.0/12"));
	assert_true(overlap("172.17.0.0/24", "172.17.0.0/24"));
	assert_false(overlap("172.17.0.0/24", "172.17.1.0/24"));
	assert_true(overlap("fd00::/8", "fd00:1::/64"));
	assert_false(overlap("fd00::/64", "fd00:0:0:1::/64"));
	assert_false(overlap("0.0.0.0/0", "::/0"));
}

static void behind_the_last_address_comes_the_first(void **state)
{
	static const char *const pairs[][2] = { { "10.0.0.255", "10.0.1.0" },
						{ "255.255.255.255", "0.0.0.0" },
						{ "fd00::ffff", "fd00::1:0" },
						{ "::1", "::2" } };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct ip_address first = address_of(pairs[i][0]);
		struct ip_address wanted = address_of(pairs[i][1]);
		struct ip_address next = ip_next(&first);

		assert_true(ip_equal(&next, &wanted));
	}
}

static void any_is_one_of_each_family_and_none_is_neither(void **state)
{
	struct ip_address four = ip_any(IP_V4);
	struct ip_address six = ip_any(IP_V6);
	struct ip_address none = { 0 };
	struct ip_address loopback = address_of("::1");

	(void)state;
	assert_true(ip_is_any(&four) && ip_is_any(&six));
	assert_false(ip_is_any(&none) || ip_is_any(&loopback));
	assert_false(ip_equal(&four, &six));
	assert_int_equal(ip_family_of(&six), IP_V6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_come_back_as_they_were),
		cmocka_unit_test(one_address_has_one_text),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(a_subnet_knows_its_address_and_its_host_bits),
		cmocka_unit_test(what_is_no_subnet_is_refused),
		cmocka_unit_test(overlap_is_seen_from_both_sides_and_within_a_family),
		cmocka_unit_test(behind_the_last_address_comes_the_first),
		cmocka_unit_test(any_is_one_of_each_family_and_none_is_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
