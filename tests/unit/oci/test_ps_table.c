/*
 * Which lines of ps(1)'s table are left.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "oci/ps_table.h"

static const pid_t pids[] = { 7, 42 };

static void filters_to(const char *table, const char *wanted)
{
	AUTO_STR struct str out = { 0 };
	struct err e = { 0 };

	assert_int_equal(ps_table_filter(table, pids, 2, &out, &e), 0);
	assert_string_equal(str_text(&out), wanted);
}

static void refused(const char *table, const char *sentence)
{
	AUTO_STR struct str out = { 0 };
	struct err e = { 0 };

	assert_int_equal(ps_table_filter(table, pids, 2, &out, &e), -EINVAL);
	assert_string_equal(e.text, sentence);
}

static void the_head_and_the_lines_of_the_pids_are_left(void **state)
{
	(void)state;
	filters_to("UID  PID PPID\nroot   1   0\nroot  42   7\nroot   7   1\nroot  77   7\n",
		   "UID  PID PPID\nroot  42   7\nroot   7   1\n");
	filters_to("PID\n7\n", "PID\n7\n");
	filters_to("  PID\tCMD\n  7\ta 42", "  PID\tCMD\n  7\ta 42\n");
	filters_to("PPID PID\n7 1\n42 2\n", "PPID PID\n");
	filters_to("PID CMD\n\n7 a\n\n", "PID CMD\n7 a\n");
	filters_to("PID CMD", "PID CMD\n");
}

static void a_table_without_pids_is_refused(void **state)
{
	(void)state;
	refused("", "what ps printed has no column PID");
	refused("UID PPID\nroot 7\n", "what ps printed has no column PID");
	refused("UID PIDS\nroot 7\n", "what ps printed has no column PID");
	refused("UID PID\nroot x7\n", "what ps printed has \"x7\" in its column PID");
	refused("UID PID\nroot\n", "what ps printed has \"\" in its column PID");
	refused("PID\n99999999999999999999\n",
		"what ps printed has \"99999999999999999999\" in its column PID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_and_the_lines_of_the_pids_are_left),
		cmocka_unit_test(a_table_without_pids_is_refused),
	};

	return cmocka_run_group_tests_name("ps_table", tests, NULL, NULL);
}
