#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "fetch/retry.h"

static const struct limits limits = {
	.backoff_ms = 100, .backoff_max_ms = 1000, .retry_after_s = 5, .wait_total_s = 60
};

static void within(int64_t pause, int64_t min, int64_t max)
{
	if (pause < min || pause > max)
		fail_msg("%lld is not in %lld to %lld", (long long)pause, (long long)min,
			 (long long)max);
}

static void pauses_double_up_to_a_limit_and_end(void **state)
{
	static const int64_t middle[] = { 100, 200, 400, 800, 1000, 1000, 1000 };
	struct retry retry = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(middle) / sizeof(middle[0]); i++)
		within(retry_next(&retry, &limits, 8, NULL), middle[i] / 2, middle[i] * 3 / 2);
	assert_int_equal(retry_next(&retry, &limits, 8, NULL), -1);
}

static void what_the_registry_asks_for_counts_up_to_a_limit(void **state)
{
	struct retry retry = { 0 };
	char date[64];
	time_t soon = time(NULL) + 3;

	(void)state;
	assert_int_equal(retry_next(&retry, &limits, 8, "2"), 2000);
	assert_int_equal(retry_next(&retry, &limits, 8, "86400"), 5000);
	(void)strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime(&soon));
	within(retry_next(&retry, &limits, 8, date), 1000, 3000);
	/* In the past, or not understood: as if it were not there. */
	retry = (struct retry){ 0 };
	within(retry_next(&retry, &limits, 8, "Thu, 01 Jan 1970 00:00:00 GMT"), 50, 150);
	retry = (struct retry){ 0 };
	within(retry_next(&retry, &limits, 8, "-1"), 50, 150);
}

static void all_pauses_together_have_a_limit(void **state)
{
	struct retry retry = { 0 };
	int64_t sum = 0;
	int64_t pause;

	(void)state;
	while ((pause = retry_next(&retry, &limits, 1000, "5")) >= 0)
		sum += pause;
	within(sum, 55000, 60000);
}

static void only_what_passes_is_tried_again(void **state)
{
	(void)state;
	assert_true(retry_is_sensible(-ECONNRESET) && retry_is_sensible(-ETIMEDOUT));
	assert_false(retry_is_sensible(-EACCES) || retry_is_sensible(-EBADMSG) ||
		     retry_is_sensible(-EFBIG) || retry_is_sensible(0));
	assert_true(retry_is_status(429) && retry_is_status(503) && retry_is_status(408));
	assert_false(retry_is_status(200) || retry_is_status(401) || retry_is_status(404) ||
		     retry_is_status(501));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_double_up_to_a_limit_and_end),
		cmocka_unit_test(what_the_registry_asks_for_counts_up_to_a_limit),
		cmocka_unit_test(all_pauses_together_have_a_limit),
		cmocka_unit_test(only_what_passes_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
