/* Limits of v1 mean the same in the units of v2. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "runtime/cgroup_convert.h"

static void shares_become_a_weight_in_runcs_proportion(void **state)
{
	(void)state;
	assert_int_equal(cgroup_convert_shares(0), 0);
	assert_int_equal(cgroup_convert_shares(2), 1);
	assert_int_equal(cgroup_convert_shares(1024), 39);
	assert_int_equal(cgroup_convert_shares(262144), 10000);
	assert_int_equal(cgroup_convert_shares(1), 1);
	assert_int_equal(cgroup_convert_shares(UINT64_MAX), 10000);
}

static void blkio_weight_becomes_an_io_weight(void **state)
{
	(void)state;
	assert_int_equal(cgroup_convert_blkio_weight(0), 0);
	assert_int_equal(cgroup_convert_blkio_weight(10), 1);
	assert_int_equal(cgroup_convert_blkio_weight(500), 4950);
	assert_int_equal(cgroup_convert_blkio_weight(1000), 10000);
}

static void swap_alone_is_the_sum_less_memory(void **state)
{
	int64_t swap = 7;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cgroup_convert_swap(300, 100, &swap, &e), 0);
	assert_int_equal(swap, 200);
	assert_int_equal(cgroup_convert_swap(100, 100, &swap, &e), 0);
	assert_int_equal(swap, 0);
	assert_int_equal(cgroup_convert_swap(-1, 100, &swap, &e), 0);
	assert_int_equal(swap, -1);
	assert_int_equal(cgroup_convert_swap(0, -1, &swap, &e), 0);
	assert_int_equal(swap, -1);
}

static void a_sum_without_memory_or_below_it_is_refused(void **state)
{
	int64_t swap = 7;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cgroup_convert_swap(300, 0, &swap, &e), -EINVAL);
	assert_int_equal(cgroup_convert_swap(99, 100, &swap, &e), -EINVAL);
	assert_int_equal(swap, 7);
	assert_int_equal(e.kind, ERR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_become_a_weight_in_runcs_proportion),
		cmocka_unit_test(blkio_weight_becomes_an_io_weight),
		cmocka_unit_test(swap_alone_is_the_sum_less_memory),
		cmocka_unit_test(a_sum_without_memory_or_below_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
