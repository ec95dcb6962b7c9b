/* A program of the operator is run to its end: what it gets, what is kept of it, how it is told from one that never ran. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "linux/program_run.h"

static int run(const char *script, const char *input, uint32_t timeout_s, char output[256],
	       int *ret_status)
{
	char *const argv[] = { "sh", "-c", (char *)(uintptr_t)script, "one two", NULL };
	char *const envp[] = { "A=1", NULL };
	const struct program_run program = {
		.path = "/bin/sh",
		.argv = argv,
		.envp = envp,
		.input = input,
		.timeout_s = timeout_s,
		.output_fd = -1,
		.error_fd = -1,
	};

	return program_run(&program, output, 256, ret_status);
}

static void it_gets_its_input_arguments_and_variables_and_no_other_descriptor(void **state)
{
	int leaked = open("/", O_RDONLY | O_DIRECTORY); /* not CLOEXEC, on purpose */
	char output[256];
	int status = -1;

	(void)state;
	assert_int_equal(
		run("cat; echo \"[$0][$A][$HOME]\"; for i in 3 4 5 6 7 8 9 10 11 12; do "
		    "[ ! -e /dev/fd/$i ] || echo leaked $i; done",
		    "text\n", 0, output, &status),
		0);
	assert_int_equal(status, 0);
	assert_string_equal(output, "text [one two][1][]");
	(void)close(leaked);
}

static void what_it_says_and_how_it_ends_is_kept(void **state)
{
	char output[256];
	int status = -1;

	(void)state;
	assert_int_equal(run("echo out; echo err >&2; exit 3", NULL, 0, output, &status), 0);
	assert_int_equal(WEXITSTATUS(status), 3);
	assert_string_equal(output, "out err");
	assert_int_equal(run("kill -9 $$", NULL, 0, output, &status), 0);
	assert_int_equal(WTERMSIG(status), SIGKILL);
	/* Of much, the end. */
	assert_int_equal(run("i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done",
			     NULL, 0, output, &status),
			 0);
	assert_int_equal(strlen(output), 254);
	assert_string_equal(output + strlen(output) - 8, "line 999");
}

static void one_that_outlives_its_time_is_killed_with_its_children(void **state)
{
	char output[256];
	int status = -1;
	int ends[2];
	char none;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	{
		char *const argv[] = { "sh", "-c", "sleep 1000 & wait", NULL };
		const struct program_run program = { .path = "/bin/sh",
						     .argv = argv,
						     .timeout_s = 1,
						     .output_fd = ends[1],
						     .error_fd = -1 };

		assert_int_equal(program_run(&program, output, sizeof(output), &status),
				 -ETIMEDOUT);
	}
	(void)close(ends[1]);
	/* The child held our pipe: its end of file says that it is gone, too. */
	assert_int_equal(read(ends[0], &none, 1), 0);
	(void)close(ends[0]);
}

static void one_that_cannot_be_executed_is_an_errno(void **state)
{
	struct program_run program = { .path = "/no/such/program",
				       .output_fd = -1,
				       .error_fd = -1 };
	char output[256];
	int status = 0;

	(void)state;
	assert_int_equal(program_run(&program, output, sizeof(output), &status), -ENOENT);
	program.path = "/etc/passwd";
	assert_int_equal(program_run(&program, output, sizeof(output), &status), -EACCES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			it_gets_its_input_arguments_and_variables_and_no_other_descriptor),
		cmocka_unit_test(what_it_says_and_how_it_ends_is_kept),
		cmocka_unit_test(one_that_outlives_its_time_is_killed_with_its_children),
		cmocka_unit_test(one_that_cannot_be_executed_is_an_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
