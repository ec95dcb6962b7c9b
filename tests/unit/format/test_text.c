/*
 * The small texts of tables and sentences, times that users write, and filters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/filter.h"
#include "cli/path.h"
#include "cli/time_option.h"
#include "format/signal.h"
#include "format/text.h"

static const uint64_t second = 1000000000;

static void truncating_counts_characters_and_ends_with_an_ellipsis(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
	text_truncate("sh -c 'sleep 1000000'", 20, &out);
	assert_string_equal(str_text(&out), "sh -c 'sleep 100000\xe2\x80\xa6");
	str_clear(&out);
	text_truncate("exactly twenty chars", 20, &out);
	assert_string_equal(str_text(&out), "exactly twenty chars");
	str_clear(&out);
	text_truncate("\xc3\xbc\xc3\xbc\xc3\xbc", 2, &out);
	assert_string_equal(str_text(&out), "\xc3\xbc\xe2\x80\xa6");
}

static void quoting_is_go_s(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
	text_quote("a \"b\" \\ \n\t\x01\xff\xc3\xbc", &out);
	assert_string_equal(str_text(&out), "\"a \\\"b\\\" \\\\ \\n\\t\\x01\\xff\xc3\xbc\"");
}

static void nothing_printable_moves_the_cursor(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
	text_printable("a \"b\" \033[31m\xc2\x9b"
		       "x \xc3\xbc\n",
		       18, &out);
	assert_string_equal(str_text(&out), "a \"b\" \\x1b[31m\\xc2\\x9bx \xc3\xbc\\n");
}

static void ids_are_shown_with_twelve_digits(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
	text_short_id("sha256:0123456789abcdef", &out);
	assert_string_equal(str_text(&out), "0123456789ab");
}

static void ago(void **state)
{
	AUTO_STR struct str out = { 0 };

	(void)state;
	text_ago(200 * second, 80 * second, &out);
	assert_string_equal(str_text(&out), "2 minutes ago");
	str_clear(&out);
	text_ago(10 * second, 20 * second, &out);
	assert_string_equal(str_text(&out), "Less than a second ago");
	str_clear(&out);
	text_ago(10 * second, 0, &out);
	assert_string_equal(str_text(&out), "");
}

static void cleaned(const char *path, const char *expected)
{
	AUTO_ARENA struct arena arena = { 0 };

	assert_string_equal(path_clean(&arena, path), expected);
}

static void paths_are_cleaned_as_go_does(void **state)
{
	(void)state;
	cleaned("/", "/");
	cleaned("//a///b//", "/a/b");
	cleaned("/a/./b/../c", "/a/c");
	cleaned("/../../a", "/a");
	cleaned("/a/..", "/");
	cleaned("/a/...", "/a/...");
	cleaned("/.a/..b", "/.a/..b");
}

static void moment(const char *text, uint64_t expected)
{
	uint64_t ns = 0;

	if (time_option(text, 1000 * second, &ns, NULL) < 0 || ns != expected)
		fail_msg("%s: %llu", text, (unsigned long long)ns);
}

static void times_as_docker_takes_them(void **state)
{
	uint64_t ns;

	(void)state;
	assert_int_equal(setenv("TZ", "UTC", 1), 0);
	moment("1136073600", 1136073600 * second);
	moment("1136073600.5", 1136073600 * second + second / 2);
	moment("1136073600.000000001", 1136073600 * second + 1);
	moment("2006-01-01T00:00:00Z", 1136073600 * second);
	moment("2006-01-01T01:00:00+01:00", 1136073600 * second);
	moment("2006-01-01T00:00:00.25Z", 1136073600 * second + second / 4);
	moment("2006-01-01T00:00:00", 1136073600 * second);
	moment("2006-01-01T00:00", 1136073600 * second);
	moment("2006-01-01", 1136073600 * second);
	moment("10m", 400 * second);
	moment("1.5s", 1000 * second - 3 * second / 2);
	for (const char *const *bad = (const char *const[]){ "", "x", "yesterday", "2006-13-01",
							     "1.", ".5", "-", NULL };
	     *bad; bad++)
		assert_int_equal(time_option(*bad, 1000 * second, &ns, NULL), -EINVAL);
}

static void filters(void **state)
{
	static const char *const keys[] = { "name", "label", NULL };
	AUTO_ARENA struct arena arena = { 0 };
	struct strv filter = { 0 };
	struct strv labels = { 0 };
	struct err e = { 0 };

	(void)state;
	strv_add(&labels, &arena, "a=1");
	assert_true(filter_any(&filter, "name", filter_matches_text, "web"));
	strv_add(&filter, &arena, "name=^db");
	assert_false(filter_any(&filter, "name", filter_matches_text, "web"));
	strv_add(&filter, &arena, "name=we");
	assert_true(filter_any(&filter, "name", filter_matches_text, "web"));
	strv_add(&filter, &arena, "label=a");
	assert_true(filter_all(&filter, "label", filter_matches_label, &labels));
	strv_add(&filter, &arena, "label=a=2");
	assert_false(filter_all(&filter, "label", filter_matches_label, &labels));
	assert_int_equal(filter_check(&filter, keys, &e), 0);
	strv_add(&filter, &arena, "colour=blue");
	assert_int_equal(filter_check(&filter, keys, &e), -EINVAL);
	assert_string_equal(e.text, "invalid filter 'colour'");
}

static void signal_is(const char *text, int expected)
{
	int number = 0;

	assert_int_equal(signal_parse(text, &number), 0);
	assert_int_equal(number, expected);
}

static void signals_by_name_and_number(void **state)
{
	int number;

	(void)state;
	signal_is("TERM", 15);
	signal_is("sigkill", 9);
	signal_is("15", 15);
	signal_is("64", 64);
	signal_is("SIGRTMIN", 34);
	signal_is("RTMIN+3", 37);
	signal_is("RTMAX-2", 62);
	signal_is("IOT", 6);
	for (const char *const *bad =
		     (const char *const[]){ "", "0", "65", "-1", "SIG", "SIGSIGTERM",
					    "RTMIN+31", "RTMIN-1", "RTMAX+1", "15x", " 15",
					    NULL };
	     *bad; bad++)
		assert_int_equal(signal_parse(*bad, &number), -EINVAL);
	assert_string_equal(signal_name(15), "SIGTERM");
	assert_null(signal_name(34));
	assert_null(signal_name(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truncating_counts_characters_and_ends_with_an_ellipsis),
		cmocka_unit_test(quoting_is_go_s),
		cmocka_unit_test(nothing_printable_moves_the_cursor),
		cmocka_unit_test(ids_are_shown_with_twelve_digits),
		cmocka_unit_test(ago),
		cmocka_unit_test(paths_are_cleaned_as_go_does),
		cmocka_unit_test(times_as_docker_takes_them),
		cmocka_unit_test(filters),
		cmocka_unit_test(signals_by_name_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
