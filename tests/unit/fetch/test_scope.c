#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "fetch/scope.h"

static void merges(const char *const *lists, const char *expected)
{
	AUTO_STR struct str scope = { 0 };

	scope_merge(lists, &scope);
	assert_string_equal(str_text(&scope), expected);
}

static void the_same_wish_has_one_spelling(void **state)
{
	(void)state;
	merges((const char *const[]){ "repository:a:push,pull", NULL },
	       "repository:a:pull,push");
	merges((const char *const[]){ "repository:b:pull repository:a:pull",
				      "repository:a:push,pull", NULL },
	       "repository:a:pull,push repository:b:pull");
	merges((const char *const[]){ "repository:a:pull,delete", "repository:a:delete", NULL },
	       "repository:a:delete,pull");
	merges((const char *const[]){ "repository:a:pull,delete", "repository:a:pull,push",
				      NULL },
	       "repository:a:delete,pull,push");
	merges((const char *const[]){ "", "", NULL }, "");
}

static void the_port_in_a_name_is_no_action(void **state)
{
	(void)state;
	merges((const char *const[]){ "repository:h.test:5000/a:pull", NULL },
	       "repository:h.test:5000/a:pull");
}

static void what_is_malformed_is_left_out(void **state)
{
	(void)state;
	merges((const char *const[]){ "x  repository:a:pull ,", NULL }, "repository:a:pull");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_wish_has_one_spelling),
		cmocka_unit_test(the_port_in_a_name_is_no_action),
		cmocka_unit_test(what_is_malformed_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
