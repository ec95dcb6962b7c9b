/* The Warning header: what counts as a warning, and what is left out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/warning.h"

/* The texts of `value`, with a bar behind each, are `expected`. */
static void says(const char *value, const char *expected)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str all = { 0 };
	struct strv texts = { 0 };

	assert_int_equal(warning_parse(value, &arena, &texts), 0);
	for (size_t i = 0; i < texts.count; i++)
		str_printf(&all, "%s|", texts.items[i]);
	assert_string_equal(str_text(&all), expected);
}

static void a_warning_of_the_specification_counts(void **state)
{
	(void)state;
	says("299 - \"Your token ends in 30 seconds.\"", "Your token ends in 30 seconds.|");
	says("299 - \"a, b\", 299 - \"c\"", "a, b|c|");
	says("  299 - \"a\" ,,299 - \"b\"  ", "a|b|");
}

static void what_is_quoted_is_unquoted_and_nothing_else_is_changed(void **state)
{
	(void)state;
	says("299 - \"a \\\"b\\\" \\\\ \\c\"", "a \"b\" \\ c|");
	says("299 - \"\x1b[31m \xff\"", "\x1b[31m \xff|");
}

static void another_code_or_agent_or_a_date_does_not_count(void **state)
{
	(void)state;
	says("199 - \"a\", 299 - \"b\"", "b|");
	says("299 proxy.test:80 \"a\", 299 - \"b\"", "b|");
	says("299 - \"a\" \"Wed, 21 Oct 2015 07:28:00 GMT\", 299 - \"b\"", "b|");
	says("299 - \"\", 299 - \"b\"", "b|");
}

static void what_is_malformed_ends_the_reading(void **state)
{
	static const char *const bad[] = {
		"2990 - \"x\"", "29 - \"x\"",	      "299 - x",   "299  - \"x\"",
		"299 -  \"x\"", "299 \"x\"",	      "299 - \"x", "299 - \"x\\",
		"299 - \"x\"y", "299 - \"x\" \"date", "299 - 'x'", "-299 - \"x\"",
		"299-\"x\"",	"299 - \"x\"\"y\""
	};

	(void)state;
	says("", "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_STR struct str value = { 0 };

		says(bad[i], "");
		str_printf(&value, "299 - \"a\", %s, 299 - \"b\"", bad[i]);
		/* A quote that does not end takes what follows with it, to the next quote. */
		if (str_ends(bad[i], "\""))
			says(str_text(&value), "a|");
	}
}

static void a_value_that_is_too_large_says_nothing(void **state)
{
	AUTO_STR struct str value = { 0 };

	(void)state;
	str_add(&value, "299 - \"");
	while (value.len < WARNING_HEADER_MAX - 1)
		str_add_char(&value, 'x');
	str_add_char(&value, '"');
	assert_int_equal(value.len, WARNING_HEADER_MAX);
	{
		AUTO_ARENA struct arena arena = { 0 };
		struct strv texts = { 0 };

		assert_int_equal(warning_parse(str_text(&value), &arena, &texts), 0);
		assert_int_equal(texts.count, 1);
	}
	str_add_char(&value, ' ');
	says(str_text(&value), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_warning_of_the_specification_counts),
		cmocka_unit_test(what_is_quoted_is_unquoted_and_nothing_else_is_changed),
		cmocka_unit_test(another_code_or_agent_or_a_date_does_not_count),
		cmocka_unit_test(what_is_malformed_ends_the_reading),
		cmocka_unit_test(a_value_that_is_too_large_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
