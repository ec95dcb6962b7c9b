/*
 * Text, lists, arenas, numbers.
 *
 * Runs in: tests.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../memory_scan.h"
#include "base/str.h"

static void text_grows_and_keeps_its_bytes(void **state)
{
	AUTO_STR struct str s = { 0 };
	char *taken;

	(void)state;
	assert_string_equal(str_text(&s), "");
	for (int i = 0; i < 1000; i++)
		str_printf(&s, "%d,", i);
	assert_int_equal(s.len, strlen(s.data));
	assert_true(str_starts(s.data, "0,1,2,") && str_ends(s.data, "998,999,"));
	str_clear(&s);
	assert_string_equal(str_text(&s), "");
	str_add_bytes(&s, "a\0b", 3);
	assert_int_equal(s.len, 3);
	assert_memory_equal(s.data, "a\0b", 4);
	str_clear(&s);
	str_add_char(&s, 'x');
	str_add(&s, "");
	taken = str_take(&s);
	assert_string_equal(taken, "x");
	free(taken);
	assert_null(s.data);
	taken = str_take(&s);
	assert_string_equal(taken, "");
	free(taken);
}

/* Exactly full, one more, one less: where an off-by-one would be. */
static void every_length_around_a_power_of_two_works(void **state)
{
	(void)state;
	for (size_t len = 0; len < 300; len++) {
		AUTO_STR struct str s = { 0 };
		AUTO_STR struct str p = { 0 };

		for (size_t i = 0; i < len; i++)
			str_add_char(&s, 'a');
		str_printf(&p, "%*s", (int)len, "");
		assert_int_equal(strlen(str_text(&s)), len);
		assert_int_equal(strlen(str_text(&p)), len);
		assert_true(s.room == 0 || s.room > s.len);
	}
}

static void too_much_breaks_it_for_good(void **state)
{
	AUTO_STR struct str s = { 0 };

	(void)state;
	str_add(&s, "a");
	str_add_bytes(&s, NULL, SIZE_MAX / 2);
	assert_int_equal(str_ok(&s), -ENOMEM);
	str_add(&s, "b");
	assert_int_equal(s.len, 1);
	assert_null(str_take(&s));
}

static void comparing_and_copying(void **state)
{
	char buf[4] = "zzz";

	(void)state;
	assert_true(str_equal(NULL, NULL) && str_equal("a", "a"));
	assert_false(str_equal(NULL, "") || str_equal("", NULL) || str_equal("a", "b"));
	assert_true(str_starts("abc", "") && str_starts("abc", "abc") && str_ends("abc", "c") &&
		    str_ends("abc", ""));
	assert_false(str_starts("ab", "abc") || str_ends("bc", "abc"));
	assert_int_equal(str_copy(buf, sizeof(buf), "abc"), 0);
	assert_string_equal(buf, "abc");
	assert_int_equal(str_copy(buf, sizeof(buf), "abcd"), -ENAMETOOLONG);
	assert_string_equal(buf, "");
}

static void numbers_are_whole_or_refused(void **state)
{
	static const char *const bad[] = { "",	  "-",	"+1",  " 1",  "1 ",
					   "0x1", "1a", "--1", "1.0", "a" };
	uint64_t u = 7;
	int64_t i = 7;

	(void)state;
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		assert_int_equal(parse_u64(bad[k], 0, UINT64_MAX, &u), -EINVAL);
		assert_int_equal(parse_i64(bad[k], INT64_MIN, INT64_MAX, &i), -EINVAL);
	}
	assert_int_equal(parse_u64(NULL, 0, 1, &u), -EINVAL);
	assert_int_equal(parse_i64(NULL, 0, 1, &i), -EINVAL);
	assert_int_equal(parse_u64("-1", 0, 9, &u), -EINVAL);
	assert_int_equal(parse_u64("18446744073709551616", 0, UINT64_MAX, &u), -ERANGE);
	assert_int_equal(parse_u64("5", 6, 9, &u), -ERANGE);
	assert_int_equal(parse_u64("10", 6, 9, &u), -ERANGE);
	assert_int_equal(parse_i64("9223372036854775808", INT64_MIN, INT64_MAX, &i), -ERANGE);
	assert_int_equal(parse_i64("-9223372036854775809", INT64_MIN, INT64_MAX, &i), -ERANGE);
	assert_true(u == 7 && i == 7);
	assert_int_equal(parse_u64("18446744073709551615", 0, UINT64_MAX, &u), 0);
	assert_true(u == UINT64_MAX);
	assert_int_equal(parse_i64("-9223372036854775808", INT64_MIN, INT64_MAX, &i), 0);
	assert_true(i == INT64_MIN);
	assert_int_equal(parse_i64("-0", 0, 0, &i), 0);
	assert_int_equal(parse_u64("0007", 0, 9, &u), 0);
	assert_int_equal(u, 7);
}

static void octal_is_octal(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(parse_octal("1777", 07777, &value), 0);
	assert_int_equal(value, 01777);
	assert_int_equal(parse_octal("8", 07777, &value), -EINVAL);
	assert_int_equal(parse_octal("", 07777, &value), -EINVAL);
	assert_int_equal(parse_octal("10000", 07777, &value), -ERANGE);
	assert_int_equal(
		parse_octal("7777777777777777777777777777777777777", UINT64_MAX / 16, &value),
		-ERANGE);
	/* Over 2^64: must not wrap around to a small number. */
	assert_int_equal(parse_octal("2000000000000000000001", UINT64_MAX, &value), -ERANGE);
	assert_int_equal(value, 01777);
}

static void an_arena_gives_zeroed_aligned_memory(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };

	(void)state;
	for (size_t size = 0; size < 20000; size += 777) {
		char *p = arena_alloc(&arena, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	assert_string_equal(arena_copy(&arena, "abc"), "abc");
	assert_null(arena_copy(&arena, NULL));
	assert_string_equal(arena_copy_bytes(&arena, "abc", 2), "ab");
	assert_string_equal(arena_printf(&arena, "%s-%d", "x", 5), "x-5");
	assert_int_equal(arena_ok(&arena), 0);
	assert_null(arena_array(&arena, SIZE_MAX / 2, 4));
	assert_int_equal(arena_ok(&arena), -ENOMEM);
	assert_null(arena_alloc(&arena, 1));
}

static void lists_end_with_null_and_environments_replace(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv v = { 0 };
	char text[8] = "K=0";

	(void)state;
	for (int i = 0; i < 100; i++) {
		text[2] = (char)('0' + i % 10);
		strv_add(&v, &arena, text);
		assert_int_equal(v.count, i + 1);
		assert_null(v.items[v.count]);
	}
	assert_string_equal(v.items[0], "K=0");
	assert_true(strv_has(&v, "K=7"));
	assert_false(strv_has(&v, "K"));
	v = (struct strv){ 0 };
	strv_env_set(&v, &arena, "A=1");
	strv_env_set(&v, &arena, "AB=2");
	strv_env_set(&v, &arena, "A=3=4");
	assert_int_equal(v.count, 2);
	assert_string_equal(v.items[0], "A=3=4");
	assert_string_equal(strv_env_get(&v, "A"), "3=4");
	assert_string_equal(strv_env_get(&v, "AB"), "2");
	assert_null(strv_env_get(&v, "B"));
	assert_null(strv_env_get(&v, ""));
}

static void what_a_secret_stood_in_is_overwritten(void **state)
{
	struct str text = { .is_secret = true };
	struct arena arena = { .is_secret = true };
	char secret[MEMORY_SCAN_LEN + 1];

	(void)state;
	memory_scan_secret(secret);
#ifndef __SANITIZE_ADDRESS__
	assert_true(memory_has_secret());
#endif
	/* It moves as it grows. */
	for (int i = 0; i < 1000; i++) {
		str_add(&text, secret);
		(void)arena_copy(&arena, secret);
	}
	explicit_bzero(secret, sizeof(secret));
	str_done(&text);
	assert_true(text.is_secret);
	arena_done(&arena);
	assert_false(memory_has_secret());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_grows_and_keeps_its_bytes),
		cmocka_unit_test(every_length_around_a_power_of_two_works),
		cmocka_unit_test(too_much_breaks_it_for_good),
		cmocka_unit_test(comparing_and_copying),
		cmocka_unit_test(numbers_are_whole_or_refused),
		cmocka_unit_test(octal_is_octal),
		cmocka_unit_test(what_a_secret_stood_in_is_overwritten),
		cmocka_unit_test(an_arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(lists_end_with_null_and_environments_replace),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
