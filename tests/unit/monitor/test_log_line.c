/* Entries as Go's encoder writes them, and read again by json-c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "engine/log_entry.h"
#include "monitor/log_line.h"

#define STAMP "2026-11-23T15:52:01.123456789Z"

static void assert_escaped(const char *text, size_t len, const char *expected)
{
	char line[1024];
	char whole[1024];
	size_t n = log_line_format(line, text, len, false, "stdout", STAMP);

	line[n] = '\0';
	(void)snprintf(whole, sizeof(whole),
		       "{\"log\":\"%s\",\"stream\":\"stdout\",\"time\":\"" STAMP "\"}\n",
		       expected);
	assert_string_equal(line, whole);
}

static void an_entry_is_a_line_as_docker_writes_it(void **state)
{
	static const char expected[] =
		"{\"log\":\"hello\\n\",\"stream\":\"stderr\",\"time\":\"" STAMP "\"}\n";
	char line[256];
	size_t n = log_line_format(line, "hello", 5, true, "stderr", STAMP);

	(void)state;
	assert_int_equal(n, sizeof(expected) - 1);
	assert_memory_equal(line, expected, n);
}

static void special_characters_are_escaped_as_go_does(void **state)
{
	(void)state;
	assert_escaped("\"\\/", 3, "\\\"\\\\/");
	assert_escaped("<a&b>", 5, "\\u003ca\\u0026b\\u003e");
	assert_escaped("\r\t\n\b\f\x1f\x7f", 7, "\\r\\u0009\\n\\u0008\\u000c\\u001f\x7f");
	assert_escaped("\0", 1, "\\u0000");
	assert_escaped("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", 9, "\\u2028\\u2029\xe2\x80\xaa");
	assert_escaped("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", 9,
		       "\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void each_byte_that_is_no_utf8_becomes_a_replacement(void **state)
{
	(void)state;
	assert_escaped("a\xff"
		       "b",
		       3, "a\\ufffdb");
	assert_escaped("\xc0\x80", 2, "\\ufffd\\ufffd");	    /* overlong */
	assert_escaped("\xed\xa0\x80", 3, "\\ufffd\\ufffd\\ufffd"); /* a surrogate */
	assert_escaped("\xf4\x90\x80\x80", 4,
		       "\\ufffd\\ufffd\\ufffd\\ufffd");	 /* above U+10FFFF */
	assert_escaped("\xe2\x82", 2, "\\ufffd\\ufffd"); /* cut short */
	assert_escaped("\xe2\x82x", 3, "\\ufffd\\ufffdx");
	assert_escaped("\x80", 1, "\\ufffd");
}

static void any_bytes_make_valid_json_of_bounded_length(void **state)
{
	char text[64];
	char line[64 * LOG_LINE_GROWTH + LOG_LINE_OVERHEAD + 1];

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand() % sizeof(text);
		struct json_object *json;
		struct log_entry entry;
		size_t n;

		for (size_t i = 0; i < len; i++)
			text[i] =
				(char)(rand() % 4 ? rand()
						  : "\xe2\x80\xa8\xf0\x9f\xed\xc0\xf4"[rand() %
										       8]);
		n = log_line_format(line, text, len, round % 2, "stdout", STAMP);
		assert_true(n <= len * LOG_LINE_GROWTH + LOG_LINE_OVERHEAD);
		line[n] = '\0';
		json = json_tokener_parse(line);
		assert_non_null(json);
		/* Both readers find the same text. */
		assert_int_equal(log_entry_parse(line, n - 1, &entry), 0);
		json_object *log = json_object_object_get(json, "log");

		assert_int_equal(entry.len, (size_t)json_object_get_string_len(log));
		assert_memory_equal(entry.text, json_object_get_string(log), entry.len);
		(void)json_object_put(json);
	}
}

static void a_cut_does_not_split_a_character(void **state)
{
	(void)state;
	assert_int_equal(log_line_cut("ab\xe2\x82", 4), 2);
	assert_int_equal(log_line_cut("ab\xe2\x82\xac", 5), 5);
	assert_int_equal(log_line_cut("ab\xf0\x9f\x98", 5), 2);
	assert_int_equal(log_line_cut("ab\xc3", 3), 2);
	assert_int_equal(log_line_cut("abc", 3), 3);
	assert_int_equal(log_line_cut("\x80\x80\x80\x80", 4), 4);
	assert_int_equal(log_line_cut("a\xff", 2), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_a_line_as_docker_writes_it),
		cmocka_unit_test(special_characters_are_escaped_as_go_does),
		cmocka_unit_test(each_byte_that_is_no_utf8_becomes_a_replacement),
		cmocka_unit_test(any_bytes_make_valid_json_of_bounded_length),
		cmocka_unit_test(a_cut_does_not_split_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
