/* Whether a signal would be lost, read from /proc/PID/status. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/process_signals.h"

static struct process_signals parse(const char *pids, uint64_t caught, uint64_t ignored,
				    uint64_t blocked)
{
	struct process_signals signals = { 0 };
	char text[512];

	(void)snprintf(text, sizeof(text),
		       "Name:\tsh\nNSpid:\t%s\nSigPnd:\t0\nSigBlk:\t%016llx\nSigIgn:\t%"
		       "016llx\nSigCgt:\t%016llx\n",
		       pids, (unsigned long long)blocked, (unsigned long long)ignored,
		       (unsigned long long)caught);
	assert_int_equal(process_signals_parse(text, &signals), 0);
	return signals;
}

static void a_namespaces_first_process_loses_what_it_does_not_handle(void **state)
{
	struct process_signals signals = parse("4711\t1", 0, 0, 0);

	(void)state;
	assert_true(process_signals_are_lost(&signals, SIGTERM));
	assert_false(process_signals_are_lost(&signals, SIGKILL));
}

static void a_handler_an_ignored_and_a_blocked_signal_are_deliberate(void **state)
{
	uint64_t term = UINT64_C(1) << (SIGTERM - 1);
	struct process_signals caught = parse("4711\t1", term, 0, 0);
	struct process_signals ignored = parse("4711\t1", 0, term, 0);
	struct process_signals blocked = parse("4711\t1", 0, 0, term);

	(void)state;
	assert_false(process_signals_are_lost(&caught, SIGTERM));
	assert_true(process_signals_are_lost(&caught, SIGINT));
	assert_false(process_signals_are_lost(&ignored, SIGTERM));
	assert_false(process_signals_are_lost(&blocked, SIGTERM));
}

static void any_other_process_has_its_default_actions(void **state)
{
	struct process_signals host = parse("4711", 0, 0, 0);
	struct process_signals second = parse("4711\t12", 0, 0, 0);
	struct process_signals eleventh = parse("4711\t11", 0, 0, 0);

	(void)state;
	assert_false(process_signals_are_lost(&host, SIGTERM));
	assert_false(process_signals_are_lost(&second, SIGTERM));
	assert_false(process_signals_are_lost(&eleventh, SIGTERM));
}

static void a_text_without_the_fields_is_refused(void **state)
{
	struct process_signals signals;

	(void)state;
	assert_int_equal(process_signals_parse("Name:\tsh\n", &signals), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_namespaces_first_process_loses_what_it_does_not_handle),
		cmocka_unit_test(a_handler_an_ignored_and_a_blocked_signal_are_deliberate),
		cmocka_unit_test(any_other_process_has_its_default_actions),
		cmocka_unit_test(a_text_without_the_fields_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
