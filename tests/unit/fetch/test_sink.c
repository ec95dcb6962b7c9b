#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fetch/sink.h"

static void a_stream_that_is_read_again_from_its_start_is_handed_on_once(void **state)
{
	struct sink sink = { .size = 6 };
	char got[8] = "";
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	sink.fd = ends[1];
	sink_begin(&sink, 0);
	assert_int_equal(sink_take(&sink, "abc", 3, NULL), 3);
	sink_begin(&sink, 0);
	assert_int_equal(sink_take(&sink, "ab", 2, NULL), 2);
	assert_int_equal(sink_take(&sink, "cd", 2, NULL), 2);
	sink_begin(&sink, 4);
	assert_int_equal(sink_take(&sink, "ef", 2, NULL), 2);
	assert_true(sink_is_complete(&sink));
	assert_int_equal(read(ends[0], got, sizeof(got)), 6);
	assert_string_equal(got, "abcdef");
	assert_int_equal(sink_take(&sink, "g", 1, NULL), -EFBIG);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void of_what_is_too_long_nothing_is_handed_on(void **state)
{
	struct sink sink = { .size = 2 };
	struct err e = { 0 };
	char byte;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	sink.fd = ends[1];
	sink_begin(&sink, 0);
	assert_int_equal(sink_take(&sink, "abc", 3, &e), -EFBIG);
	assert_int_equal(read(ends[0], &byte, 1), -1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
a_stream_without_a_size_is_as_long_as_its_answer_says_or_never_too_short(void **state)
{
	struct sink sink = { .size = SINK_ENDLESS, .is_unsized = true };
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	sink.fd = ends[1];
	assert_false(sink_is_short(&sink));
	sink_begin(&sink, 0);
	assert_int_equal(sink_take(&sink, "abc", 3, NULL), 3);
	assert_false(sink_is_short(&sink));
	assert_false(sink_is_complete(&sink));
	sink.size = 4;
	assert_true(sink_is_short(&sink));
	assert_int_equal(sink_take(&sink, "d", 1, NULL), 1);
	assert_false(sink_is_short(&sink));
	assert_true(sink_is_complete(&sink));
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_full_pipe_takes_what_fits_and_a_closed_one_is_an_error(void **state)
{
	static char bytes[1 << 20];
	struct sink sink = { .size = sizeof(bytes) };
	struct err e = { 0 };
	ssize_t n;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	sink.fd = ends[1];
	sink_begin(&sink, 0);
	n = sink_take(&sink, bytes, sizeof(bytes), NULL);
	assert_true(n > 0 && (size_t)n < sizeof(bytes));
	assert_int_equal(sink.at, n);
	assert_int_equal(sink_take(&sink, bytes, 1, NULL), 0);
	(void)close(ends[0]);
	assert_int_equal(sink_take(&sink, bytes, 1, &e), -EPIPE);
	(void)close(ends[1]);
}

static void memory_starts_anew_and_has_a_limit(void **state)
{
	struct sink sink = { .fd = -1, .max = 4 };
	struct err e = { 0 };

	(void)state;
	sink_begin(&sink, 0);
	assert_int_equal(sink_take(&sink, "abcd", 4, NULL), 4);
	assert_int_equal(sink_take(&sink, "e", 1, &e), -EFBIG);
	sink_begin(&sink, 0);
	assert_int_equal(sink_take(&sink, "xy", 2, NULL), 2);
	assert_string_equal(str_text(&sink.memory), "xy");
	str_done(&sink.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_that_is_read_again_from_its_start_is_handed_on_once),
		cmocka_unit_test(of_what_is_too_long_nothing_is_handed_on),
		cmocka_unit_test(
			a_stream_without_a_size_is_as_long_as_its_answer_says_or_never_too_short),
		cmocka_unit_test(a_full_pipe_takes_what_fits_and_a_closed_one_is_an_error),
		cmocka_unit_test(memory_starts_anew_and_has_a_limit),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
