/*
 * Conditions on 32-bit arguments: the alternatives say the same of the low half, whatever the
 * high half is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdint.h>

#include "runtime/seccomp_narrow.h"

static bool is_meant(enum scmp_compare op, uint32_t value, uint32_t limit)
{
	switch (op) {
	case SCMP_CMP_NE:
		return value != limit;
	case SCMP_CMP_LT:
		return value < limit;
	case SCMP_CMP_LE:
		return value <= limit;
	case SCMP_CMP_EQ:
		return value == limit;
	case SCMP_CMP_GE:
		return value >= limit;
	default:
		return value > limit;
	}
}

static bool holds(const struct scmp_arg_cmp *alternatives, size_t count, uint64_t value)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(alternatives[i].op, SCMP_CMP_MASKED_EQ);
		if ((value & alternatives[i].datum_a) == alternatives[i].datum_b)
			return true;
	}
	return false;
}

static void the_high_half_of_an_int_changes_nothing(void **state)
{
	static const uint32_t numbers[] = { 1,	2,    37,     38,	  39,	     40,
					    41, 1000, 0x5412, 0x7fffffff, 0xfffffffe };
	static const uint64_t high[] = { 0, 1, 0xffffffff };
	struct scmp_arg_cmp alternatives[SECCOMP_NARROW_MAX];

	(void)state;
	for (int op = SCMP_CMP_NE; op <= SCMP_CMP_GT; op++) {
		for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
			struct scmp_arg_cmp condition = { .arg = 1,
							  .op = (enum scmp_compare)op,
							  .datum_a = numbers[i] };
			size_t count = seccomp_narrow("ioctl", &condition, alternatives);

			for (size_t k = 0; k < sizeof(numbers) / sizeof(*numbers); k++)
				for (size_t h = 0; h < sizeof(high) / sizeof(*high); h++)
					assert_int_equal(
						holds(alternatives, count,
						      high[h] << 32 | numbers[k]),
						is_meant(condition.op, numbers[k], numbers[i]));
		}
	}
}

static void a_family_beyond_the_last_one_is_not_spelled_out(void **state)
{
	struct scmp_arg_cmp condition = { .arg = 0, .op = SCMP_CMP_GT, .datum_a = 40 };
	struct scmp_arg_cmp alternatives[SECCOMP_NARROW_MAX];
	size_t count = seccomp_narrow("socket", &condition, alternatives);

	(void)state;
	assert_int_equal(count, 4);
	assert_true(holds(alternatives, count, 41));
	assert_true(holds(alternatives, count, 63));
	assert_false(holds(alternatives, count, 40));
	assert_false(holds(alternatives, count, UINT64_C(1) << 32 | 38));
}

static void an_argument_of_64_bits_stays_as_it_is(void **state)
{
	struct scmp_arg_cmp condition = { .arg = 2, .op = SCMP_CMP_GT, .datum_a = 40 };
	struct scmp_arg_cmp alternatives[SECCOMP_NARROW_MAX];

	(void)state;
	assert_int_equal(seccomp_narrow("mmap", &condition, alternatives), 1);
	assert_int_equal(alternatives[0].op, SCMP_CMP_GT);
	assert_int_equal(alternatives[0].datum_a, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_high_half_of_an_int_changes_nothing),
		cmocka_unit_test(a_family_beyond_the_last_one_is_not_spelled_out),
		cmocka_unit_test(an_argument_of_64_bits_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
