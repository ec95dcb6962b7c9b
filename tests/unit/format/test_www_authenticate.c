#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "format/www_authenticate.h"

static void the_hubs_challenge_is_read(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct challenges c = { 0 };

	(void)state;
	assert_int_equal(www_authenticate_parse(
				 "bearer realm=\"https://auth.docker.io/token\",service=\"s\","
				 "SCOPE=\"repository:library/busybox:pull\"",
				 &arena, &c),
			 0);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.items[0].kind, CHALLENGE_BEARER);
	assert_string_equal(c.items[0].realm, "https://auth.docker.io/token");
	assert_string_equal(c.items[0].service, "s");
	assert_string_equal(c.items[0].scope, "repository:library/busybox:pull");
	assert_null(c.items[0].error);
}

static void several_challenges_in_one_header_are_told_apart(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct challenges c = { 0 };

	(void)state;
	assert_int_equal(
		www_authenticate_parse(
			"Negotiate, NTLM YWJj=, Basic realm=\"a, Bearer b=\\\"c\\\"\" ,"
			"Bearer realm = https, error=invalid_token",
			&arena, &c),
		0);
	assert_int_equal(c.count, 4);
	assert_int_equal(c.items[0].kind, CHALLENGE_OTHER);
	assert_int_equal(c.items[2].kind, CHALLENGE_BASIC);
	assert_string_equal(c.items[2].realm, "a, Bearer b=\"c\"");
	assert_int_equal(c.items[3].kind, CHALLENGE_BEARER);
	assert_string_equal(c.items[3].realm, "https");
	assert_string_equal(c.items[3].error, "invalid_token");
}

static void a_second_header_appends(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct challenges c = { 0 };

	(void)state;
	assert_int_equal(www_authenticate_parse("Basic realm=a", &arena, &c), 0);
	assert_int_equal(www_authenticate_parse("Bearer realm=b", &arena, &c), 0);
	assert_int_equal(c.count, 2);
}

static void what_is_ambiguous_or_broken_is_refused(void **state)
{
	static const char *const wrong[] = {
		"Bearer realm=\"a\",realm=\"b\"", /* twice */
		"Bearer realm=\"a",		  /* no end */
		"Bearer realm=\"a\\",		  /* an escape of nothing */
		"Bearer realm=\"a\nb\"",	  /* a line break */
		"Bearer realm=\"a\"b",		  /* something behind it */
		"\"Bearer\" realm=a",
	};
	AUTO_ARENA struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct challenges c = { 0 };

		if (www_authenticate_parse(wrong[i], &arena, &c) != -EINVAL || c.count > 0)
			fail_msg("%s", wrong[i]);
	}
}

static void too_many_challenges_are_refused(void **state)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct challenges c = { 0 };

	(void)state;
	assert_int_equal(www_authenticate_parse("A,B,C,D,E,F,G,H,I", &arena, &c), -EINVAL);
	assert_int_equal(c.count, CHALLENGES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hubs_challenge_is_read),
		cmocka_unit_test(several_challenges_in_one_header_are_told_apart),
		cmocka_unit_test(a_second_header_appends),
		cmocka_unit_test(what_is_ambiguous_or_broken_is_refused),
		cmocka_unit_test(too_many_challenges_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
