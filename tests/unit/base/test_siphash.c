/* The hash of tables: the values of its authors, and what the key is for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/siphash.h"

/* The authors' test: the key is 00 01 .. 0f, the data 00 01 .. of each length; the first eight
 * bytes of it are our seed. */
static uint64_t of_length(size_t len)
{
	const struct siphash_key key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	uint8_t data[64];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	return siphash(&key, 0x0706050403020100, data + 8, len - 8);
}

static void the_values_are_those_of_its_authors(void **state)
{
	(void)state;
	assert_true(of_length(8) == 0x93f5f5799a932462);
	assert_true(of_length(15) == 0xa129ca6149be45e5);
	assert_true(of_length(16) == 0x3f2acc7f57c29bdb);
	assert_true(of_length(63) == 0x958a324ceb064572);
}

static void another_key_gives_another_value(void **state)
{
	const struct siphash_key a = { { 1, 2 } };
	const struct siphash_key b = { { 1, 3 } };

	(void)state;
	assert_true(siphash(&a, 0, "name", 4) == siphash(&a, 0, "name", 4));
	assert_true(siphash(&a, 0, "name", 4) != siphash(&b, 0, "name", 4));
	assert_true(siphash(&a, 0, "name", 4) != siphash(&a, 1, "name", 4));
	assert_true(siphash(&a, 0, "name", 4) != siphash(&a, 0, "nam", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_values_are_those_of_its_authors),
		cmocka_unit_test(another_key_gives_another_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
