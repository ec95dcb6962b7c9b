/* JSON read in place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "format/json_walk.h"

static struct json_walk begin(const char *text)
{
	struct json_walk walk = { 0 };
	struct err e = { 0 };

	if (json_walk_begin(text, strlen(text), 1024, "text", &walk, &e) < 0)
		fail_msg("%s", e.text);
	return walk;
}

static void an_object_is_walked_member_by_member(void **state)
{
	struct json_walk walk =
		begin(" { \"a\" : [ 1 , {} ] ,\n\"b\":\"x]}\\\"\" , \"c\":null } ");
	struct json_text key;
	struct json_text text;
	struct json_integer number;

	(void)state;
	assert_int_equal(json_kind(&walk), JSON_OBJECT);
	json_enter(&walk);
	assert_true(json_next_member(&walk, &key));
	assert_true(json_text_is(&key, "a"));
	assert_int_equal(json_kind(&walk), JSON_ARRAY);
	json_enter(&walk);
	assert_true(json_next_item(&walk));
	assert_true(json_take_integer(&walk, &number));
	assert_int_equal(number.magnitude, 1);
	assert_true(json_next_item(&walk));
	json_skip(&walk);
	assert_false(json_next_item(&walk));
	assert_true(json_next_member(&walk, &key));
	json_take_text(&walk, &text);
	assert_true(json_text_is(&text, "x]}\""));
	assert_true(json_next_member(&walk, &key));
	assert_int_equal(json_kind(&walk), JSON_NULL);
	json_skip(&walk);
	assert_false(json_next_member(&walk, &key));
	assert_string_equal(walk.at, " ");
}

static void what_is_skipped_is_gone_past_as_a_whole(void **state)
{
	static const char *const values[] = {
		"null", "true", "false", "-12.5e+3", "\"]\\\\\"", "[[\"[\"],{\"]\":\"}\"}]",
		"{}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		char text[64] = "[";
		struct json_walk walk;

		assert_true(strlen(values[i]) < sizeof(text) - 4);
		memcpy(text + 1, values[i], strlen(values[i]));
		memcpy(text + 1 + strlen(values[i]), ",7]", 4);
		walk = begin(text);
		json_enter(&walk);
		assert_true(json_next_item(&walk));
		json_skip(&walk);
		assert_string_equal(walk.at, ",7]");
	}
}

static void integers_are_exact_to_the_last_bit(void **state)
{
	struct json_walk walk =
		begin("[18446744073709551615, -9223372036854775808, 0, -0, 1.0, 1e3]");
	struct json_integer number;

	(void)state;
	json_enter(&walk);
	assert_true(json_next_item(&walk));
	assert_true(json_take_integer(&walk, &number));
	assert_true(!number.is_negative && number.magnitude == UINT64_MAX);
	assert_true(json_next_item(&walk));
	assert_true(json_take_integer(&walk, &number));
	assert_true(number.is_negative && number.magnitude == 1ULL << 63);
	assert_true(json_next_item(&walk));
	assert_true(json_take_integer(&walk, &number));
	assert_true(json_next_item(&walk));
	assert_true(json_take_integer(&walk, &number));
	assert_int_equal(number.magnitude, 0);
	assert_true(json_next_item(&walk));
	assert_false(json_take_integer(&walk, &number));
	assert_true(json_next_item(&walk));
	assert_false(json_take_integer(&walk, &number));
	assert_false(json_next_item(&walk));
}

static void texts_are_decoded_and_a_nul_in_one_is_refused(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct json_walk walk = begin("[\"\\u00e9\\ud83d\\ude00\\n\\/\", \"a\\u0000b\", \"\"]");
	struct json_text text;
	char *copy = NULL;

	(void)state;
	json_enter(&walk);
	assert_true(json_next_item(&walk));
	json_take_text(&walk, &text);
	assert_int_equal(json_text_copy(&text, &arena, &copy), 0);
	assert_string_equal(copy, "\u00e9\U0001f600\n/");
	assert_true(json_text_is(&text, copy));
	assert_false(json_text_is(&text, "\u00e9"));
	assert_true(json_next_item(&walk));
	json_take_text(&walk, &text);
	assert_int_equal(json_text_copy(&text, &arena, &copy), -EINVAL);
	assert_true(json_next_item(&walk));
	json_take_text(&walk, &text);
	assert_int_equal(json_text_copy(&text, &arena, &copy), 0);
	assert_string_equal(copy, "");
}

static void a_document_that_is_not_json_is_not_walked(void **state)
{
	struct json_walk walk;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(json_walk_begin("{\"a\":1,}", 8, 64, "doc", &walk, &e), -EINVAL);
	assert_true(strncmp(e.text, "doc: line 1, column 8", 21) == 0);
	assert_int_equal(json_walk_begin("{}", 2, 1, "doc", &walk, &e), -EFBIG);
	assert_string_equal(e.text, "doc: larger than 1 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_walked_member_by_member),
		cmocka_unit_test(what_is_skipped_is_gone_past_as_a_whole),
		cmocka_unit_test(integers_are_exact_to_the_last_bit),
		cmocka_unit_test(texts_are_decoded_and_a_nul_in_one_is_refused),
		cmocka_unit_test(a_document_that_is_not_json_is_not_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
