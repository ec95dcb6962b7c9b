#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "image/registry_headers.h"

static int parse(const char *text, struct arena *arena, struct strv *ret, struct err *e)
{
	return registry_headers_parse(text, strlen(text), "config.json", arena, ret, e);
}

static void each_member_is_a_header(void **state)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct strv headers = { 0 };

	(void)state;
	assert_int_equal(
		parse("{\"auths\": {\"HttpHeaders\": {\"A\": \"no\"}}, \"HttpHeaders\": "
		      "{\"X-Ticket\": \"a b\", \"Meta\": \"c\", \"Empty\": \"\"}}",
		      &arena, &headers, NULL),
		0);
	assert_int_equal(headers.count, 2);
	assert_string_equal(headers.items[0], "X-Ticket: a b");
	assert_string_equal(headers.items[1], "Meta: c");
}

static void what_we_say_ourselves_is_not_theirs_to_say(void **state)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct strv headers = { 0 };

	(void)state;
	assert_int_equal(parse("{\"HttpHeaders\": {\"authorization\": \"x\", \"HOST\": \"y\", "
			       "\"Content-Length\": \"0\"}}",
			       &arena, &headers, NULL),
			 0);
	assert_int_equal(headers.count, 0);
}

static void what_is_no_header_is_refused_with_its_file(void **state)
{
	static const char *const wrong[] = {
		"[]",
		"{\"HttpHeaders\": {\"a b\": \"c\"}}",
		"{\"HttpHeaders\": {\"\": \"c\"}}",
		"{\"HttpHeaders\": {\"a\": \"b\\r\\nc: d\"}}",
		"{\"HttpHeaders\": {\"a\": 7}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		AUTO_ARENA struct arena arena = { .is_secret = true };
		struct strv headers = { 0 };
		struct err e = { 0 };

		if (parse(wrong[i], &arena, &headers, &e) != -EINVAL)
			fail_msg("taken: %s", wrong[i]);
		assert_non_null(strstr(e.text, "config.json"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_member_is_a_header),
		cmocka_unit_test(what_we_say_ourselves_is_not_theirs_to_say),
		cmocka_unit_test(what_is_no_header_is_refused_with_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
