/* Times and numbers without printf, against printf and gmtime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "monitor/stamp.h"

static void a_stamp_is_what_the_clock_prints(void **state)
{
	char stamp[STAMP_SIZE];
	char text[CLOCK_TEXT_SIZE];

	(void)state;
	/* Days over 500 years, with odd seconds and nanoseconds; each 29 February is among
	 * them. */
	for (uint64_t day = 0; day < 182500; day++) {
		uint64_t ns = (day * 86400 + day * 7919 % 86400) * 1000000000 +
			      day * 104729 % 1000000000 + 1;

		stamp_text(ns, stamp);
		clock_text(ns, text);
		assert_string_equal(stamp, text);
	}
}

static void numbers_are_as_printf_prints_them(void **state)
{
	static const uint64_t numbers[] = { 0, 9, 10, 99, 100, 12345, UINT32_MAX, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char expected[32];
		char text[32];

		(void)snprintf(expected, sizeof(expected), "%llu",
			       (unsigned long long)numbers[i]);
		assert_int_equal(number_text(numbers[i], text), strlen(expected));
		assert_string_equal(text, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamp_is_what_the_clock_prints),
		cmocka_unit_test(numbers_are_as_printf_prints_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
