/*
 * Which ids are names of containers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "oci/container.h"

static void ids_of_callers_are_taken(void **state)
{
	static const char *const ids[] = {
		"a",
		"0",
		"A_b+c-d.9",
		"...",
		".a",
		"-x",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_int_equal(container_id_check(ids[i], NULL), 0);
}

static void what_could_lead_elsewhere_is_refused(void **state)
{
	static const char *const ids[] = { "",	  ".",	  "..",	      "a/b", "/a",   "../a",
					   "a b", "a\n",  "a\tb",     "a@b", "a~",   "a%",
					   "a:b", "a\\b", "\xc3\xa9", "a*b", "a\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct err e = { 0 };

		assert_int_equal(container_id_check(ids[i], &e), -EINVAL);
		assert_int_equal(e.kind, ERR_INVALID);
	}
}

static void the_longest_id_is_a_directory_that_can_be_made(void **state)
{
	char id[OCI_ID_MAX + 2];

	(void)state;
	memset(id, 'a', sizeof(id));
	id[OCI_ID_MAX] = '\0';
	assert_int_equal(container_id_check(id, NULL), 0);
	id[OCI_ID_MAX] = 'a';
	id[OCI_ID_MAX + 1] = '\0';
	assert_int_equal(container_id_check(id, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_callers_are_taken),
		cmocka_unit_test(what_could_lead_elsewhere_is_refused),
		cmocka_unit_test(the_longest_id_is_a_directory_that_can_be_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
