/*
 * Sizes, durations, CPUs.
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

#include "format/size.h"

struct example {
	const char *text;
	int result;
	int64_t value;
};

static void check(const struct example *examples, size_t count,
		  int (*parse)(const char *text, int64_t *ret))
{
	for (size_t i = 0; i < count; i++) {
		int64_t value = -77;
		int r = parse(examples[i].text, &value);

		if (r != examples[i].result || value != (r < 0 ? -77 : examples[i].value))
			fail_msg("\"%s\": %d, %lld", examples[i].text, r, (long long)value);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void sizes_are_read_by_1024(void **state)
{
	static const struct example examples[] = {
		{ "0", 0, 0 },
		{ "512", 0, 512 },
		{ "64m", 0, 64 << 20 },
		{ "64MB", 0, 64 << 20 },
		{ "64MiB", 0, 64 << 20 },
		{ "1.5g", 0, 1610612736 },
		{ "10kb", 0, 10240 },
		{ "10 kb", 0, 10240 },
		{ "1b", 0, 1 },
		{ "1B", 0, 1 },
		{ "0.1m", 0, 104857 },
		{ ".5k", 0, 512 },
		{ "1.k", 0, 1024 },
		{ "2t", 0, 2LL << 40 },
		{ "1p", 0, 1LL << 50 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "9000p", -ERANGE, 0 },
		{ "99999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "m", -EINVAL, 0 },
		{ "1x", -EINVAL, 0 },
		{ "1mm", -EINVAL, 0 },
		{ "1bi", -EINVAL, 0 },
		{ "1mib ", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "1 2", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ ".", -EINVAL, 0 },
		{ "1.2.3", -EINVAL, 0 },
	};

	(void)state;
	check(examples, COUNT(examples), size_parse);
}

static void durations_are_go_s(void **state)
{
	static const struct example examples[] = {
		{ "0", 0, 0 },
		{ "10s", 0, 10000000000 },
		{ "1h30m", 0, 5400000000000 },
		{ "1.5s", 0, 1500000000 },
		{ "300ms", 0, 300000000 },
		{ "1us", 0, 1000 },
		{ "1\xc2\xb5s", 0, 1000 },
		{ "1\xce\xbcs", 0, 1000 },
		{ "7ns", 0, 7 },
		{ "-5s", 0, -5000000000 },
		{ "+5s", 0, 5000000000 },
		{ ".5s", 0, 500000000 },
		{ "10", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ "5 s", -EINVAL, 0 },
		{ "5d", -EINVAL, 0 },
		{ "9999999999h", -ERANGE, 0 },
		{ "2562047h1000m", -ERANGE, 0 },
	};

	(void)state;
	check(examples, COUNT(examples), duration_parse);
}

static void cpus_have_nine_places(void **state)
{
	static const struct example examples[] = {
		{ "1", 0, 1000000000 },
		{ "0.5", 0, 500000000 },
		{ "1.5", 0, 1500000000 },
		{ ".000000001", 0, 1 },
		{ "0.10000000000000000000000", 0, 100000000 },
		{ "0.0000000001", -EINVAL, 0 },
		{ "0.1234567891", -EINVAL, 0 },
		{ "0.00000000000000000000001", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "a", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "9223372037", -ERANGE, 0 },
	};

	(void)state;
	check(examples, COUNT(examples), nano_parse);
}

static void sizes_are_printed_with_four_digits(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *decimal;
		const char *binary;
	} examples[] = {
		{ 0, "0B", "0B" },
		{ 999, "999B", "999B" },
		{ 1000, "1kB", "1000B" },
		{ 1024, "1.024kB", "1KiB" },
		{ 4261550, "4.262MB", "4.064MiB" },
		{ 67108864, "67.11MB", "64MiB" },
		{ 1000000000000, "1TB", "931.3GiB" },
		{ UINT64_MAX, "18.45EB", "16EiB" },
	};
	char text[SIZE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		size_text(examples[i].bytes, text);
		assert_string_equal(text, examples[i].decimal);
		size_text_binary(examples[i].bytes, text);
		assert_string_equal(text, examples[i].binary);
	}
}

static void sizes_of_images_are_printed_with_three_digits(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *decimal;
	} examples[] = {
		{ 0, "0B" },	       { 999, "999B" },	       { 1024, "1.02kB" },
		{ 4261550, "4.26MB" }, { 67108864, "67.1MB" }, { 123456789, "123MB" },
		{ 999999, "1e+03kB" }, /* docker, too */
	};
	char text[SIZE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		size_text_short(examples[i].bytes, text);
		assert_string_equal(text, examples[i].decimal);
	}
}

static void durations_are_printed_for_people(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} examples[] = {
		{ 0, "Less than a second" }, { 1, "1 second" },
		{ 2, "2 seconds" },	     { 59, "59 seconds" },
		{ 60, "About a minute" },    { 119, "About a minute" },
		{ 120, "2 minutes" },	     { 3599, "59 minutes" },
		{ 3600, "About an hour" },   { 5399, "About an hour" },
		{ 5400, "2 hours" },	     { 47 * 3600, "47 hours" },
		{ 48 * 3600, "2 days" },     { 13 * 86400, "13 days" },
		{ 14 * 86400, "2 weeks" },   { 59 * 86400, "8 weeks" },
		{ 60 * 86400, "2 months" },  { 729 * 86400, "24 months" },
		{ 730 * 86400, "2 years" },
	};
	char text[SIZE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		duration_text(examples[i].seconds * 1000000000 + 999999, text);
		assert_string_equal(text, examples[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_read_by_1024),
		cmocka_unit_test(durations_are_go_s),
		cmocka_unit_test(cpus_have_nine_places),
		cmocka_unit_test(sizes_are_printed_with_four_digits),
		cmocka_unit_test(sizes_of_images_are_printed_with_three_digits),
		cmocka_unit_test(durations_are_printed_for_people),
	};

	return cmocka_run_group_tests_name("size", tests, NULL, NULL);
}
