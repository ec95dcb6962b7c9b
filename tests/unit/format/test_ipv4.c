/* IPv4 addresses and subnets as text and as numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/ipv4.h"

static void addresses_come_back_as_they_were(void **state)
{
	static const char *const texts[] = { "0.0.0.0", "10.0.0.1", "172.17.255.254",
					     "255.255.255.255" };
	char text[IPV4_TEXT_SIZE];
	uint32_t address;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(ipv4_parse(texts[i], &address), 0);
		ipv4_format(address, text);
		assert_string_equal(text, texts[i]);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = { "",	   "1",	       "1.2.3",	   "1.2.3.4.5",
					     "256.0.0.1",  "1.2.3.",   "1..2.3",   "01.2.3.4",
					     "1.2.3.4 ",   " 1.2.3.4", "1.2.3.-4", "a.b.c.d",
					     "1.2.3.0004", "0x1.2.3.4" };
	uint32_t address;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_not_equal(ipv4_parse(texts[i], &address), 0);
}

static void a_subnet_knows_its_address_and_its_host_bits(void **state)
{
	struct ipv4_subnet subnet;
	uint32_t address;
	char text[IPV4_SUBNET_TEXT_SIZE];

	(void)state;
	assert_int_equal(ipv4_subnet_parse("172.18.3.9/24", &subnet, &address), 0);
	assert_int_equal(address, 0xac120309);
	ipv4_subnet_format(subnet, text);
	assert_string_equal(text, "172.18.3.0/24");
	assert_int_equal(ipv4_subnet_last(subnet), 0xac1203ff);
	assert_int_equal(ipv4_subnet_parse("0.0.0.0/0", &subnet, NULL), 0);
	assert_true(ipv4_subnet_has(subnet, 0xffffffff));
	assert_int_not_equal(ipv4_subnet_parse("10.0.0.0", &subnet, NULL), 0);
	assert_int_not_equal(ipv4_subnet_parse("10.0.0.0/33", &subnet, NULL), 0);
	assert_int_not_equal(ipv4_subnet_parse("10.0.0.0/", &subnet, NULL), 0);
	assert_int_not_equal(ipv4_subnet_parse("10.0.0/8", &subnet, NULL), 0);
}

static void overlap_is_seen_from_both_sides(void **state)
{
	const struct ipv4_subnet big = { 0xac100000, 12 };
	const struct ipv4_subnet small = { 0xac110000, 24 };
	const struct ipv4_subnet other = { 0xac110100, 24 };

	(void)state;
	assert_true(ipv4_subnet_overlaps(big, small));
	assert_true(ipv4_subnet_overlaps(small, big));
	assert_true(ipv4_subnet_overlaps(small, small));
	assert_false(ipv4_subnet_overlaps(small, other));
	assert_false(ipv4_subnet_overlaps(other, small));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_come_back_as_they_were),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(a_subnet_knows_its_address_and_its_host_bits),
		cmocka_unit_test(overlap_is_seen_from_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
