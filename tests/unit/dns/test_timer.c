/* Timers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/timer.h"

static void timers_end_in_the_order_of_their_beginning(void **state)
{
	struct timer_list list = { .duration_ns = 10 };
	struct timer a = { 0 };
	struct timer b = { 0 };
	struct timer c = { 0 };

	(void)state;
	assert_true(timer_next(&list) == UINT64_MAX);
	timer_set(&list, &a, 1);
	timer_set(&list, &b, 2);
	timer_set(&list, &c, 3);
	assert_true(timer_next(&list) == 11);
	assert_null(timer_ended(&list, 10));
	timer_set(&list, &a, 4);
	timer_stop(&list, &b);
	timer_stop(&list, &b);
	assert_ptr_equal(timer_ended(&list, 100), &c);
	assert_ptr_equal(timer_ended(&list, 100), &a);
	assert_null(timer_ended(&list, 100));
	assert_true(timer_next(&list) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_end_in_the_order_of_their_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
