#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "format/base64.h"

static void known_texts_come_out_as_the_standard_says_and_back(void **state)
{
	static const struct {
		const char *plain;
		const char *coded;
	} cases[] = { { "", "" },
		      { "f", "Zg==" },
		      { "fo", "Zm8=" },
		      { "foo", "Zm9v" },
		      { "user:p\xc3\xa4ss", "dXNlcjpww6Rzcw==" },
		      { "\xff\xef\xbe", "/+++" } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_STR struct str coded = { 0 };
		AUTO_STR struct str plain = { 0 };

		base64_encode(cases[i].plain, strlen(cases[i].plain), &coded);
		assert_string_equal(str_text(&coded), cases[i].coded);
		assert_int_equal(base64_decode(cases[i].coded, &plain), 0);
		assert_string_equal(str_text(&plain), cases[i].plain);
	}
}

static void what_is_not_exactly_base64_is_refused(void **state)
{
	static const char *const wrong[] = { "Zg=",   "Zg",	  "Z===", "====", "Zm9v\n",
					     "Zm 9v", "Zg==Zg==", "Zm9-", "Zh==", "Zm9=" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		AUTO_STR struct str plain = { 0 };

		if (base64_decode(wrong[i], &plain) != -EINVAL)
			fail_msg("%s", wrong[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts_come_out_as_the_standard_says_and_back),
		cmocka_unit_test(what_is_not_exactly_base64_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
