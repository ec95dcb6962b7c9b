/* What is kept of the warnings of registries: each once, and not too much. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fetch/warnings.h"

static void a_host_says_a_thing_once(void **state)
{
	struct warnings warnings = { 0 };

	(void)state;
	for (size_t i = 0; i < (size_t)2 * WARNINGS_MAX; i++)
		warnings_add(&warnings, "a", "x");
	warnings_add(&warnings, "a", "y");
	warnings_add(&warnings, "b", "x");
	assert_int_equal(warnings.count, 3);
	assert_string_equal(warnings.items[1].text, "y");
	assert_string_equal(warnings.items[2].host, "b");
	warnings_done(&warnings);
	assert_int_equal(warnings.count, 0);
}

static void no_more_are_kept_than_there_is_room_for(void **state)
{
	struct warnings warnings = { 0 };
	char text[] = "?";

	(void)state;
	for (char c = 'a'; c <= 'z'; c++) {
		text[0] = c;
		warnings_add(&warnings, "a", text);
	}
	assert_int_equal(warnings.count, WARNINGS_MAX);
	assert_string_equal(warnings.items[WARNINGS_MAX - 1].text, "p");
	warnings_done(&warnings);
}

static void they_have_a_size_together(void **state)
{
	struct warnings warnings = { 0 };
	char text[WARNINGS_BYTES + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[WARNINGS_BYTES + 1] = '\0';
	warnings_add(&warnings, "a", text);
	assert_int_equal(warnings.count, 0);
	text[WARNINGS_BYTES - 1] = '\0';
	warnings_add(&warnings, "a", text);
	warnings_add(&warnings, "a", "yy");
	warnings_add(&warnings, "a", "z");
	warnings_add(&warnings, "b", "z");
	assert_int_equal(warnings.count, 2);
	assert_string_equal(warnings.items[1].text, "z");
	warnings_done(&warnings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_host_says_a_thing_once),
		cmocka_unit_test(no_more_are_kept_than_there_is_room_for),
		cmocka_unit_test(they_have_a_size_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
