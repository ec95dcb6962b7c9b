/*
 * What a terminal sees of an archive that is read: a bar where the size is known, and nothing in the
 * end.
 */
#include "cli/read_report.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"

/* A file of so many bytes, of which so many were read. */
static int file_make(off_t size, off_t at)
{
	FILE *file = tmpfile();
	int fd;

	assert_non_null(file);
	fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 3);
	assert_true(fd >= 0);
	(void)fclose(file);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(lseek(fd, at, SEEK_SET), at);
	return fd;
}

static void check(int fd, uint64_t bytes, const char *wanted)
{
	struct read_report report;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	read_report_init(&report, to, "Reading", fd);
	read_report_draw(&report, bytes);
	if (strncmp(text, wanted, strlen(wanted)) != 0)
		fail_msg("is \"%s\", should begin with \"%s\"", text, wanted);
	assert_non_null(strstr(text, "B/s\033[K\n"));
	(void)fclose(to);
	free(text);
}

static void a_file_has_a_bar_of_what_is_left_of_it(void **state)
{
	AUTO_CLOSE int whole = file_make(10000000, 0);
	AUTO_CLOSE int rest = file_make(10000000, 6000000);
	AUTO_CLOSE int empty = file_make(1000, 1000);

	(void)state;
	check(whole, 2000000,
	      "Reading [==========>                                        ]  2MB/10MB  ");
	check(rest, 2000000,
	      "Reading [=========================>                         ]  2MB/4MB  ");
	check(empty, 5000, "Reading 5kB  ");
}

static void what_is_no_file_has_no_bar(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	check(fds[0], 1500000, "Reading 1.5MB  ");
	(void)close(fds[0]);
	(void)close(fds[1]);
	check(-EBADF, 1500000, "Reading 1.5MB  ");
}

static void a_line_is_drawn_over_and_goes_once(void **state)
{
	struct read_report report;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	assert_non_null(to);
	read_report_init(&report, to, "Importing", -EBADF);
	read_report_erase(&report);
	assert_string_equal(text, "");
	read_report_draw(&report, 1);
	assert_null(strstr(text, "\033[1A"));
	read_report_draw(&report, 2);
	assert_non_null(strstr(text, "\033[1AImporting 2B  "));
	read_report_erase(&report);
	assert_string_equal(text + len - strlen("\n\033[1A\033[J"), "\n\033[1A\033[J");
	len = strlen(text);
	read_report_erase(&report);
	assert_int_equal(strlen(text), len);
	(void)fclose(to);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_a_bar_of_what_is_left_of_it),
		cmocka_unit_test(what_is_no_file_has_no_bar),
		cmocka_unit_test(a_line_is_drawn_over_and_goes_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
