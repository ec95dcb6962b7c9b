/*
 * JSON: what is refused before parsing, what comes out of members, what the writer makes.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "format/json.h"
#include "format/json_scan.h"
#include "format/utf8.h"

static int parse(const char *text, struct json_object **ret, struct err *e)
{
	return json_parse(text, strlen(text), 1000, "doc", ret, e);
}

static void refused(const char *text, const char *sentence)
{
	struct json_object *o = NULL;
	struct err e = { 0 };

	assert_int_equal(parse(text, &o, &e), -EINVAL);
	assert_null(o);
	assert_int_equal(e.kind, ERR_INVALID);
	assert_string_equal(e.text, sentence);
}

static void accepted(const char *text, const char *compact)
{
	AUTO_JSON struct json_object *o = NULL;
	AUTO_STR struct str out = { 0 };

	assert_int_equal(parse(text, &o, NULL), 0);
	json_compact(o, &out);
	assert_string_equal(str_text(&out), compact);
}

static void malformed_text_is_refused_with_its_place(void **state)
{
	(void)state;
	refused("", "doc: line 1, column 1: the text ends where a value is expected");
	refused("{", "doc: line 1, column 2: expected a key");
	refused("{\n \"a\" 1}", "doc: line 2, column 6: expected ':'");
	refused("[1,]", "doc: line 1, column 4: invalid value");
	refused("[1 2]", "doc: line 1, column 4: expected ',' or ']'");
	refused("{\"a\":1,}", "doc: line 1, column 8: expected a key");
	refused("{} {}", "doc: line 1, column 4: something follows the value");
	refused("nul", "doc: line 1, column 1: invalid value");
	refused("'a'", "doc: line 1, column 1: invalid value");
	refused("/* */1", "doc: line 1, column 1: invalid value");
	refused("\"a", "doc: line 1, column 3: the string does not end");
	refused("\"\t\"",
		"doc: line 1, column 2: invalid character, escape or UTF-8 in a string");
	refused("\"\\x\"",
		"doc: line 1, column 2: invalid character, escape or UTF-8 in a string");
}

static void numbers_that_do_not_fit_are_refused(void **state)
{
	(void)state;
	refused("01", "doc: line 1, column 1: invalid value");
	refused("+1", "doc: line 1, column 1: invalid value");
	refused("1.", "doc: line 1, column 1: invalid number");
	refused("1e", "doc: line 1, column 1: invalid number");
	refused("-", "doc: line 1, column 1: invalid value");
	refused("18446744073709551616", "doc: line 1, column 1: the number is out of range");
	refused("-9223372036854775809", "doc: line 1, column 1: the number is out of range");
	refused("1e400", "doc: line 1, column 1: the number is out of range");
	refused("NaN", "doc: line 1, column 1: invalid value");
	accepted("18446744073709551615", "18446744073709551615");
	accepted("-9223372036854775808", "-9223372036854775808");
	accepted("[0, -0.5, 1.50e+3]", "[0,-0.5,1.50e+3]");
}

static void equal_keys_are_refused_however_they_are_written(void **state)
{
	AUTO_STR struct str many = { 0 };

	(void)state;
	refused("{\"a\":1,\"a\":2}", "doc: line 1, column 9: duplicate key");
	refused("{\"a\":1,\"\\u0061\":2}", "doc: line 1, column 9: duplicate key");
	refused("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
		"doc: line 1, column 20: duplicate key");
	refused("{\"a\\u0000\":1}", "doc: line 1, column 4: NUL in a key");
	accepted("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}",
		 "{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}");
	str_add_char(&many, '{');
	for (int i = 0; i < 3000; i++)
		str_printf(&many, "\"key%d\":0,", i);
	str_add(&many, "\"key17\":0}");
	assert_int_equal(json_scan(many.data, many.len, "doc", NULL), -EINVAL);
	memcpy(strstr(many.data, "\"key17\":0}"), "\"kex", 4);
	assert_int_equal(json_scan(many.data, many.len, "doc", NULL), 0);
}

static void depth_and_size_are_bounded(void **state)
{
	struct json_object *o = NULL;
	struct err e = { 0 };
	char deep[200] = { 0 };

	(void)state;
	memset(deep, '[', 64);
	memset(deep + 64, ']', 64);
	accepted(deep, deep);
	memset(deep, '[', 65);
	memset(deep + 65, ']', 65);
	refused(deep, "doc: line 1, column 65: nested too deeply");
	assert_int_equal(json_parse("[1,2]", 5, 4, "doc", &o, &e), -EFBIG);
	assert_string_equal(e.text, "doc: larger than 4 bytes");
}

static void invalid_utf8_is_refused(void **state)
{
	static const char *const bad[] = { "\x80",	   "\xc0\x80",	       "\xc3",
					   "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
					   "\xe2\x82" };
	static const char *const good[] = {
		"a", "\xc2\x80", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", ""
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		AUTO_STR struct str text = { 0 };

		assert_false(utf8_is_valid(bad[i], strlen(bad[i])));
		str_printf(&text, "\"%s\"", bad[i]);
		assert_int_equal(json_scan(text.data, text.len, "doc", NULL), -EINVAL);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(utf8_is_valid(good[i], strlen(good[i])));
	refused("\"\\ud800\"",
		"doc: line 1, column 2: invalid character, escape or UTF-8 in a string");
	refused("\"\\udc00\\ud800\"",
		"doc: line 1, column 2: invalid character, escape or UTF-8 in a string");
}

static void members_have_the_type_that_is_asked_for(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_JSON struct json_object *o = NULL;
	struct strv list = { 0 };
	struct err e = { 0 };
	char *text = NULL;
	bool flag = false;
	int64_t number = 7;
	uint64_t big = 0;

	(void)state;
	assert_int_equal(
		parse("{\"s\":\"x\",\"b\":true,\"n\":-5,\"u\":18446744073709551615,\"l\":["
		      "\"a\",\"b\"],\"m\":{\"k\":\"v\"},"
		      "\"e\":{\"80/"
		      "tcp\":{}},\"z\":null,\"nul\":\"a\\u0000b\",\"eq\":{\"a=b\":\"c\"}}",
		      &o, NULL),
		0);
	assert_int_equal(json_get_string(o, "P", "s", &arena, &text, &e), 0);
	assert_string_equal(text, "x");
	assert_int_equal(json_get_string(o, "P", "z", &arena, &text, &e), 0);
	assert_int_equal(json_get_string(o, "P", "absent", &arena, &text, &e), 0);
	assert_string_equal(text, "x");
	assert_int_equal(json_get_bool(o, "P", "b", &flag, &e), 0);
	assert_true(flag);
	assert_int_equal(json_get_i64(o, "P", "n", -5, 5, &number, &e), 0);
	assert_int_equal(number, -5);
	assert_int_equal(json_get_u64(o, "P", "u", UINT64_MAX, &big, &e), 0);
	assert_true(big == UINT64_MAX);
	assert_int_equal(json_get_strings(o, "P", "l", &arena, &list, &e), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(json_get_map(o, "P", "m", &arena, &list, &e), 0);
	assert_string_equal(list.items[0], "k=v");
	assert_int_equal(json_get_set(o, "P", "e", &arena, &list, &e), 0);
	assert_string_equal(list.items[0], "80/tcp");

	assert_int_equal(json_get_string(o, "P", "n", &arena, &text, &e), -EINVAL);
	assert_string_equal(e.text, "P.n: expected a string, found a number");
	assert_int_equal(json_get_i64(o, "", "n", 0, 5, &number, &e), -EINVAL);
	assert_string_equal(e.text, "n: the number is out of range");
	assert_int_equal(json_get_i64(o, "P", "u", 0, INT64_MAX, &number, &e), -EINVAL);
	assert_int_equal(json_get_u64(o, "P", "n", 10, &big, &e), -EINVAL);
	assert_int_equal(json_get_strings(o, "P", "s", &arena, &list, &e), -EINVAL);
	assert_int_equal(json_get_string(o, "P", "nul", &arena, &text, &e), -EINVAL);
	assert_string_equal(e.text, "P.nul: contains a NUL");
	assert_int_equal(json_get_map(o, "P", "eq", &arena, &list, &e), -EINVAL);
	assert_string_equal(e.text, "P.eq: '=' in the key \"a=b\"");
	assert_int_equal(json_get_bool(o, "P", "s", &flag, &e), -EINVAL);
	assert_string_equal(e.text, "P.s: expected a boolean, found a string");
}

static void the_writer_escapes_and_sorts(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str out = { 0 };
	struct json_writer w = { .out = &out };
	struct strv map = { 0 };
	struct strv set = { 0 };

	(void)state;
	strv_add(&map, &arena, "b=1");
	strv_add(&map, &arena, "a=x=y");
	strv_add(&map, &arena, "b=2");
	strv_add(&map, &arena, "ab=");
	strv_add(&map, &arena, "\xff=lost");
	strv_add(&set, &arena, "/a=b");
	strv_add(&set, &arena, "/a=c");
	json_begin_object(&w, NULL);
	json_write_text(&w, "t", "q\" b\\ n\n \x01 \x7f / <&> \xc3\xa9 \xff\xc3");
	json_write_text(&w, "z", NULL);
	json_write_i64(&w, "i", INT64_MIN);
	json_write_u64(&w, "u", UINT64_MAX);
	json_write_bool(&w, "f", false);
	json_begin_array(&w, "a");
	json_begin_object(&w, NULL);
	json_end_object(&w);
	json_write_raw(&w, NULL, "[]");
	json_end_array(&w);
	json_write_map(&w, "m", &map);
	json_write_set(&w, "s", &set);
	json_write_strings(&w, "l", &map);
	json_end_object(&w);
	assert_string_equal(
		str_text(&out),
		"{\"t\":\"q\\\" b\\\\ n\\n \\u0001 \x7f / <&> \xc3\xa9 "
		"\xef\xbf\xbd\xef\xbf\xbd\",\"z\":null,"
		"\"i\":-9223372036854775808,\"u\":18446744073709551615,\"f\":false,\"a\":[{},[]"
		"],"
		"\"m\":{\"a\":\"x=y\",\"ab\":\"\",\"b\":\"2\"},\"s\":{\"/a=b\":{},\"/a=c\":{}},"
		"\"l\":[\"b=1\",\"a=x=y\",\"b=2\",\"ab=\",\"\xef\xbf\xbd=lost\"]}");
	assert_int_equal(json_scan(out.data, out.len, "own", NULL), 0);
}

static void printing_is_go_s(void **state)
{
	AUTO_JSON struct json_object *o = NULL;
	AUTO_STR struct str out = { 0 };

	(void)state;
	assert_int_equal(
		parse("{\"a\":[1,{\"b\":null}],\"e\":{},\"l\":[],\"s\":\"x/y\"}", &o, NULL), 0);
	json_pretty(o, &out);
	assert_string_equal(str_text(&out),
			    "{\n    \"a\": [\n        1,\n        {\n            \"b\": null\n "
			    "       }\n    ],\n"
			    "    \"e\": {},\n    \"l\": [],\n    \"s\": \"x/y\"\n}");
}

static void a_writer_with_an_indent_puts_one_value_on_a_line(void **state)
{
	AUTO_STR struct str out = { 0 };
	AUTO_ARENA struct arena arena = { 0 };
	struct json_writer w = { .out = &out, .indent = "  " };
	struct strv map = { 0 };

	(void)state;
	strv_add(&map, &arena, "k=v");
	strv_add(&map, &arena, "l=w");
	json_begin_object(&w, NULL);
	json_begin_array(&w, "a");
	json_write_i64(&w, NULL, 1);
	json_begin_object(&w, NULL);
	json_end_object(&w);
	json_end_array(&w);
	json_begin_array(&w, "e");
	json_end_array(&w);
	json_write_map(&w, "m", &map);
	json_write_set(&w, "s", &(struct strv){ 0 });
	json_end_object(&w);
	assert_string_equal(str_text(&out),
			    "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"e\": [],\n"
			    "  \"m\": {\n    \"k\": \"v\",\n    \"l\": \"w\"\n  },\n"
			    "  \"s\": {}\n}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(malformed_text_is_refused_with_its_place),
		cmocka_unit_test(numbers_that_do_not_fit_are_refused),
		cmocka_unit_test(equal_keys_are_refused_however_they_are_written),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(invalid_utf8_is_refused),
		cmocka_unit_test(members_have_the_type_that_is_asked_for),
		cmocka_unit_test(the_writer_escapes_and_sorts),
		cmocka_unit_test(printing_is_go_s),
		cmocka_unit_test(a_writer_with_an_indent_puts_one_value_on_a_line),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
