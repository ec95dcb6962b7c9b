#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fetch/token.h"

static struct endpoint endpoint_make(const char *url, const char *realm)
{
	struct endpoint endpoint = {
		.url = url, .realm = realm, .service = "s", .user = "user", .password = "pw"
	};

	assert_int_equal(origin_of(url, &endpoint.origin, NULL), 0);
	return endpoint;
}

static int asks(const char *url, const char *realm)
{
	struct endpoint endpoint = endpoint_make(url, realm);
	struct token_request request = { 0 };
	int r = token_request_make(&endpoint, "repository:a:pull", false, &request, NULL);

	if (r == 0)
		token_request_done(&request);
	return r;
}

static void credentials_go_to_no_token_service_in_plain_text(void **state)
{
	(void)state;
	assert_int_equal(asks("https://r.test", "https://auth.test/token"), 0);
	assert_int_equal(asks("https://r.test", "http://auth.test/token"), -EACCES);
	assert_int_equal(asks("https://r.test", "http://r.test/token"), -EACCES);
	assert_int_equal(asks("https://r.test", "http://127.0.0.1/token"), -EACCES);
	assert_int_equal(asks("http://r.test", "http://auth.test/token"), -EACCES);
	assert_int_equal(asks("http://r.test", "http://r.test:5001/token"), 0);
	assert_int_equal(asks("http://127.0.0.1:5000", "http://localhost:5001/token"), 0);
	assert_int_equal(asks("https://r.test", "file:///token"), -EINVAL);
}

static void a_password_is_sent_as_basic_and_an_identity_token_in_a_form(void **state)
{
	struct endpoint endpoint = endpoint_make("https://r.test", "https://auth.test/t?x=1");
	struct token_request request;

	(void)state;
	assert_int_equal(token_request_make(&endpoint, "repository:a:pull repository:b:pull",
					    true, &request, NULL),
			 0);
	assert_string_equal(request.method, "GET");
	assert_string_equal(str_text(&request.url),
			    "https://auth.test/t?x=1&service=s&scope=repository%3Aa%3Apull&"
			    "scope=repository%3Ab%3Apull&offline_token=true&client_id=hoy&"
			    "account=user");
	assert_string_equal(str_text(&request.secret), "Authorization: Basic dXNlcjpwdw==");
	token_request_done(&request);
	endpoint.identity = "i";
	assert_int_equal(
		token_request_make(&endpoint, "repository:a:pull", false, &request, NULL), 0);
	assert_string_equal(request.method, "POST");
	assert_string_equal(str_text(&request.url), "https://auth.test/t?x=1");
	assert_non_null(strstr(str_text(&request.form), "refresh_token=i"));
	assert_int_equal(request.secret.len, 0);
	token_request_done(&request);
}

static int answers(const char *json, struct token_answer *ret)
{
	static struct arena arena;

	return token_answer_parse(json, strlen(json), &arena, ret, NULL);
}

static void a_token_that_is_no_part_of_a_header_is_refused(void **state)
{
	struct token_answer answer;

	(void)state;
	assert_int_equal(answers("{\"token\":\"abc\"}", &answer), 0);
	assert_string_equal(answer.token, "abc");
	assert_int_equal(answers("{\"access_token\":\"x\",\"refresh_token\":\"y\"}", &answer),
			 0);
	assert_string_equal(answer.token, "x");
	assert_string_equal(answer.identity, "y");
	assert_int_equal(answers("{\"token\":\"a\\r\\nX: y\"}", &answer), -EINVAL);
	assert_int_equal(answers("{\"token\":\"\"}", &answer), -EINVAL);
	assert_int_equal(answers("{\"token\":7}", &answer), -EINVAL);
	assert_int_equal(answers("[]", &answer), -EINVAL);
	assert_int_equal(answers("{}", &answer), -EINVAL);
}

static void a_token_is_good_for_its_scope_and_time(void **state)
{
	struct endpoint endpoint = endpoint_make("https://r.test", "https://auth.test/t");
	struct endpoint other = endpoint;
	struct tokens tokens = { 0 };
	uint64_t number = 0;

	(void)state;
	assert_int_equal(token_keep(&tokens, &endpoint, "s", "t", 100, &number), 0);
	assert_string_equal(token_find(&tokens, &endpoint, "s", 99)->text, "t");
	assert_null(token_find(&tokens, &endpoint, "s", 100));
	assert_null(token_find(&tokens, &endpoint, "x", 99));
	assert_null(token_find(&tokens, &other, "s", 99));
	assert_false(token_drop(&tokens, number));
	assert_null(token_find(&tokens, &endpoint, "s", 99));
	tokens_done(&tokens);
}

static void a_token_that_was_taken_and_is_refused_has_run_out(void **state)
{
	struct endpoint endpoint = endpoint_make("https://r.test", "https://auth.test/t");
	struct tokens tokens = { 0 };
	uint64_t first = 0;
	uint64_t number = 0;

	(void)state;
	token_taken(&tokens, 0);
	assert_false(token_drop(&tokens, 0));
	assert_int_equal(token_keep(&tokens, &endpoint, "s", "one", 100, &first), 0);
	token_taken(&tokens, first);
	assert_true(token_drop(&tokens, first));
	/* Also for the second who finds that. */
	assert_true(token_drop(&tokens, first));
	assert_int_equal(token_keep(&tokens, &endpoint, "s", "two", 100, &number), 0);
	/* Who comes late with the old one leaves the new one alone. */
	assert_true(token_drop(&tokens, first));
	assert_string_equal(token_find(&tokens, &endpoint, "s", 99)->text, "two");
	for (size_t i = 0; i < TOKENS_MAX; i++)
		assert_int_equal(token_keep(&tokens, &endpoint, "s", "more", 100, &number), 0);
	assert_false(token_drop(&tokens, first));
	assert_false(token_drop(&tokens, number));
	tokens_done(&tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials_go_to_no_token_service_in_plain_text),
		cmocka_unit_test(a_password_is_sent_as_basic_and_an_identity_token_in_a_form),
		cmocka_unit_test(a_token_that_is_no_part_of_a_header_is_refused),
		cmocka_unit_test(a_token_is_good_for_its_scope_and_time),
		cmocka_unit_test(a_token_that_was_taken_and_is_refused_has_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
