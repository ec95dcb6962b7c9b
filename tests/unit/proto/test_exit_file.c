/* The exit file's text: there and back, and what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "proto/exit_file.h"

static void what_is_written_is_read(void **state)
{
	static const struct exit_file ends[] = {
		{ 0 },
		{ .run = 1,
		  .code = 137,
		  .is_oom_killed = true,
		  .started_ns = 1,
		  .finished_ns = 2 },
		{ .run = UINT64_MAX,
		  .code = 255,
		  .started_ns = UINT64_MAX,
		  .finished_ns = UINT64_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char text[EXIT_FILE_MAX];
		struct exit_file found;
		size_t len = exit_file_format(&ends[i], text);

		assert_int_equal(len, strlen(text));
		assert_int_equal(exit_file_parse(text, &found), 0);
		assert_int_equal(found.run, ends[i].run);
		assert_int_equal(found.code, ends[i].code);
		assert_int_equal(found.is_oom_killed, ends[i].is_oom_killed);
		assert_int_equal(found.started_ns, ends[i].started_ns);
		assert_int_equal(found.finished_ns, ends[i].finished_ns);
	}
}

static void the_text_is_as_documented(void **state)
{
	const struct exit_file exit = {
		.run = 2, .code = 3, .is_oom_killed = true, .started_ns = 45, .finished_ns = 678
	};
	char text[EXIT_FILE_MAX];

	(void)state;
	(void)exit_file_format(&exit, text);
	assert_string_equal(text, "1 2 3 1 45 678\n");
}

static void what_is_damaged_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"1",
		"1 2 3 1 45 678",
		"1 2 3 1 45 678\n\n",
		"2 2 3 1 45 678\n",
		"1 2 256 1 45 6\n",
		"1 2 3 2 45 678\n",
		"1 2 -3 1 45 678\n",
		"1  2 3 1 45 678\n",
		"1 2 3 1 45 \n",
		"x 2 3 1 45 678\n",
		"1 2 3 1 45 678 9\n",
		"1 2 3 1 45 18446744073709551616\n",
	};
	char long_text[EXIT_FILE_MAX + 2];
	struct exit_file exit = { .code = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(exit_file_parse(texts[i], &exit), -EINVAL);
	memset(long_text, '1', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(exit_file_parse(long_text, &exit), -EINVAL);
	assert_int_equal(exit.code, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(the_text_is_as_documented),
		cmocka_unit_test(what_is_damaged_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
