#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fetch/url.h"

static void same(const char *a, const char *b, bool expected)
{
	struct origin x;
	struct origin y;

	assert_int_equal(origin_of(a, &x, NULL), 0);
	assert_int_equal(origin_of(b, &y, NULL), 0);
	assert_int_equal(origin_equal(&x, &y), expected);
}

static void an_origin_is_scheme_host_and_port(void **state)
{
	(void)state;
	same("https://a.test/x?y", "https://A.test:443/", true);
	same("https://a.test", "http://a.test", false);
	same("https://a.test", "https://a.test:444", false);
	same("https://a.test", "https://a.test.evil", false);
	same("http://[::1]:5000/v2/", "http://[::1]:5000", true);
}

static void what_is_no_address_of_the_web_is_refused(void **state)
{
	static const char *const wrong[] = { "",
					     "a.test",
					     "/v2/",
					     "file:///etc/passwd",
					     "ftp://a.test",
					     "https://user:pw@a.test/",
					     "https://user@a.test",
					     "https://",
					     "https://a.test:0/",
					     "https://a.test:65536/" };
	struct origin origin;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err e = { 0 };

		if (origin_of(wrong[i], &origin, &e) != -EINVAL)
			fail_msg("taken: %s", wrong[i]);
		assert_true(e.text[0]);
	}
}

static void resolves(const char *base, const char *reference, const char *expected)
{
	AUTO_STR struct str url = { 0 };

	assert_int_equal(url_resolve(base, reference, &url, NULL), 0);
	assert_string_equal(str_text(&url), expected);
}

static void a_reference_is_seen_from_where_it_stands(void **state)
{
	AUTO_STR struct str url = { 0 };

	(void)state;
	resolves("https://a.test/v2/x/blobs/uploads/", "/v2/y?s=1", "https://a.test/v2/y?s=1");
	resolves("https://a.test/v2/x/", "http://b.test/c#d", "http://b.test/c");
	resolves("https://a.test/v2/x", "//b.test/c", "https://b.test/c");
	assert_int_equal(url_resolve("https://a.test/", "file:///etc/passwd", &url, NULL),
			 -EINVAL);
	assert_int_equal(url_resolve("https://a.test/", "https://u:p@b.test/", &url, NULL),
			 -EINVAL);
}

static void what_is_asked_stands_behind_what_is_asked_already(void **state)
{
	AUTO_STR struct str url = { 0 };

	(void)state;
	str_add(&url, "https://a.test/t");
	url_add_query(&url, "scope", "repository:a/b:pull,push");
	url_add_query(&url, "account", "a&b=c d\n");
	assert_string_equal(str_text(&url),
			    "https://a.test/t?scope=repository%3Aa/b%3Apull%2Cpush"
			    "&account=a%26b%3Dc%20d%0A");
}

static void only_this_machine_is_this_machine(void **state)
{
	static const struct {
		const char *url;
		bool expected;
	} cases[] = { { "http://localhost", true },
		      { "http://127.1.2.3:5000", true },
		      { "http://[::1]", true },
		      { "http://127.evil.test", false },
		      { "http://localhost.evil.test", false },
		      { "http://128.0.0.1", false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct origin origin;

		assert_int_equal(origin_of(cases[i].url, &origin, NULL), 0);
		if (origin_is_loopback(&origin) != cases[i].expected)
			fail_msg("%s", cases[i].url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_origin_is_scheme_host_and_port),
		cmocka_unit_test(what_is_no_address_of_the_web_is_refused),
		cmocka_unit_test(a_reference_is_seen_from_where_it_stands),
		cmocka_unit_test(what_is_asked_stands_behind_what_is_asked_already),
		cmocka_unit_test(only_this_machine_is_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
