/* Generated names are names, and there are many of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "engine/name_generate.h"

static void every_name_may_name_a_container(void **state)
{
	char name[GENERATED_NAME_SIZE];

	(void)state;
	for (uint64_t left = 0; left < 300; left++)
		for (uint64_t right = 0; right < 300; right++) {
			name_generate(left | right << 20, 0, name);
			assert_true(name_is_valid(name));
			assert_non_null(strchr(name, '_'));
		}
}

static void a_later_try_has_a_digit_behind_it(void **state)
{
	char name[GENERATED_NAME_SIZE];
	char plain[GENERATED_NAME_SIZE];

	(void)state;
	name_generate(UINT64_C(7) << 40, 0, plain);
	name_generate(UINT64_C(7) << 40, 3, name);
	assert_int_equal(strlen(name), strlen(plain) + 1);
	assert_int_equal(name[strlen(name) - 1], '7');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_may_name_a_container),
		cmocka_unit_test(a_later_try_has_a_digit_behind_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
