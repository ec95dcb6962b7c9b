/* Files with several names: the first one is remembered, for each file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/link_table.h"

enum { FILES = 1000 };

static void a_file_is_known_by_device_and_number(void **state)
{
	struct link_table table = { 0 };
	const struct stat first = { .st_dev = 1, .st_ino = 7 };
	const struct stat other_device = { .st_dev = 2, .st_ino = 7 };

	(void)state;
	assert_null(link_table_find(&table, &first, "a"));
	assert_null(link_table_find(&table, &other_device, "b"));
	assert_string_equal(link_table_find(&table, &first, "c"), "a");
	assert_string_equal(link_table_find(&table, &other_device, "d"), "b");
	link_table_done(&table);
	assert_null(link_table_find(&table, &first, "e"));
	link_table_done(&table);
}

static void many_files_are_told_apart(void **state)
{
	struct link_table table = { 0 };
	char path[16];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (ino_t i = 0; i < FILES; i++) {
			const struct stat st = { .st_dev = 1, .st_ino = i * 4096 };
			const char *found;

			(void)snprintf(path, sizeof(path), "%d", (int)i);
			found = link_table_find(&table, &st, path);
			if (round == 0)
				assert_null(found);
			else
				assert_string_equal(found, path);
		}
	}
	link_table_done(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_known_by_device_and_number),
		cmocka_unit_test(many_files_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
