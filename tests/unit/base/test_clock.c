/*
 * Times as text, identifiers, names.
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

#include "base/clock.h"
#include "base/id.h"

static void times_survive_as_text(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} examples[] = {
		{ 0, "0001-01-01T00:00:00Z" },
		{ 1, "1970-01-01T00:00:00.000000001Z" },
		{ 1795449600123456789, "2026-11-23T16:00:00.123456789Z" },
		{ 951782400000000000, "2000-02-29T00:00:00.000000000Z" },
	};
	char text[CLOCK_TEXT_SIZE];
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		clock_text(examples[i].ns, text);
		assert_string_equal(text, examples[i].text);
		assert_int_equal(clock_parse(text, &ns), 0);
		assert_true(ns == examples[i].ns);
	}
}

static void offsets_and_fractions_are_read(void **state)
{
	uint64_t utc;
	uint64_t other;

	(void)state;
	assert_int_equal(clock_parse("2026-11-23T16:00:00Z", &utc), 0);
	assert_int_equal(clock_parse("2026-11-23T17:30:00+01:30", &other), 0);
	assert_true(utc == other);
	assert_int_equal(clock_parse("2026-11-23T08:00:00-08:00", &other), 0);
	assert_true(utc == other);
	assert_int_equal(clock_parse("2026-11-23T16:00:00.5Z", &other), 0);
	assert_true(other == utc + 500000000);
	assert_int_equal(clock_parse("2026-11-23T16:00:00.1234567899999Z", &other), 0);
	assert_true(other == utc + 123456789);
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = { "",
					   "x",
					   "2026-11-23",
					   "2026-11-23T16:00:00",
					   "2026-11-23T16:00:00+1:00",
					   "2026-11-23T16:00:00Zx",
					   "2026-13-01T00:00:00Z",
					   "2026-11-23T25:00:00Z",
					   "2026-11-23T16:00:00+24:00",
					   "2026-11-23T16:00:00+01:60",
					   "1969-12-31T23:59:59Z",
					   "2026-11-23T16:00:00.Z",
					   "2026-02-30T00:00:00Z",
					   " 2026-11-23T16:00:00Z",
					   "2026-11-23T16:00:00+-1:00",
					   "9999-12-31T23:59:59Z" };
	uint64_t ns = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (clock_parse(bad[i], &ns) != -EINVAL)
			fail_msg("\"%s\" is accepted as %llu", bad[i], (unsigned long long)ns);
	assert_true(ns == 7);
}

static void clocks_go_forward(void **state)
{
	uint64_t before = clock_monotonic_ns();

	(void)state;
	assert_true(clock_monotonic_ns() >= before && before > 0);
	assert_true(clock_wall_ns() > 1600000000000000000U);
}

static void ids_are_64_hex_digits_and_differ(void **state)
{
	char a[ID_SIZE];
	char b[ID_SIZE];

	(void)state;
	assert_int_equal(id_make(a), 0);
	assert_int_equal(id_make(b), 0);
	assert_true(id_is_valid(a) && id_is_valid(b));
	assert_string_not_equal(a, b);
	assert_true(strspn(a, "0123456789") < ID_SHORT_LEN);
	assert_true(id_is_prefix("0") && id_is_prefix(a));
	assert_false(id_is_prefix("") || id_is_prefix("A") || id_is_prefix("g") ||
		     id_is_prefix("../x"));
	a[63] = 'F';
	assert_false(id_is_valid(a));
	a[63] = '\0';
	assert_false(id_is_valid(a));
}

static void names_are_docker_s(void **state)
{
	static const char *const good[] = { "ab", "a.", "A_-.9", "0a" };
	static const char *const bad[] = { "",	  "a",	 "-a",	".a",	     "_a",
					   "a b", "a/b", "a\n", "\xc3\xa9x", ".." };
	char long_name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(name_is_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (name_is_valid(bad[i]))
			fail_msg("\"%s\" is accepted", bad[i]);
	memset(long_name, 'a', sizeof(long_name));
	long_name[255] = '\0';
	assert_true(name_is_valid(long_name));
	long_name[255] = 'a';
	long_name[256] = '\0';
	assert_false(name_is_valid(long_name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_survive_as_text),
		cmocka_unit_test(offsets_and_fractions_are_read),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(clocks_go_forward),
		cmocka_unit_test(ids_are_64_hex_digits_and_differ),
		cmocka_unit_test(names_are_docker_s),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
