/* Reading entries and files of a log: escapes, tails over several files, half lines, rotation
 * under the reader. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../place.h"
#include "base/fd.h"
#include "base/file.h"
#include "engine/log_entry.h"
#include "engine/log_reader.h"
#include "proto/handover.h"

#define NAME "id" HANDOVER_LOG_SUFFIX

static void add(const struct place *place, const char *name, const char *text)
{
	int fd = openat(place->fd, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	(void)close(fd);
}

static void rotate(const struct place *place, const char *from, const char *to)
{
	assert_int_equal(renameat(place->fd, from, place->fd, to), 0);
}

/* All that can be read now, with a comma behind each line. */
static void assert_reads(struct log_reader *reader, const char *expected)
{
	char text[512] = { 0 };
	size_t used = 0;
	char *line;
	size_t len;
	int r;

	while ((r = log_reader_next(reader, &line, &len)) > 0) {
		assert_true(used + len + 2 < sizeof(text));
		memcpy(text + used, line, len);
		used += len;
		text[used++] = ',';
	}
	assert_int_equal(r, 0);
	assert_string_equal(text, expected);
}

static void assert_tail(const struct place *place, int64_t tail, const char *expected)
{
	struct log_reader reader;

	assert_int_equal(log_reader_open(&reader, place->fd, "id", tail), 0);
	assert_reads(&reader, expected);
	log_reader_close(&reader);
}

static void a_tail_goes_back_over_files(void **state)
{
	struct place *place = *state;

	assert_tail(place, -1, "");
	assert_tail(place, 5, "");
	add(place, NAME ".2", "1\n2\n");
	add(place, NAME ".1", "3\n4\n");
	add(place, NAME, "5\n6\n");
	assert_tail(place, -1, "1,2,3,4,5,6,");
	assert_tail(place, 0, "");
	assert_tail(place, 1, "6,");
	assert_tail(place, 2, "5,6,");
	assert_tail(place, 3, "4,5,6,");
	assert_tail(place, 4, "3,4,5,6,");
	assert_tail(place, 6, "1,2,3,4,5,6,");
	assert_tail(place, 100, "1,2,3,4,5,6,");
}

static void a_tail_is_right_in_a_big_file(void **state)
{
	struct place *place = *state;
	char *text = malloc(400001);

	for (int i = 0; i < 50000; i++)
		(void)snprintf(text + (size_t)i * 8, 9, "%07d\n", i);
	add(place, NAME, text);
	free(text);
	assert_tail(place, 3, "0049997,0049998,0049999,");
	struct log_reader reader;
	char *line;
	size_t len;

	/* Every number that makes the beginning fall on and around a block's edge. */
	for (int64_t tail = 8185; tail < 8200; tail++) {
		assert_int_equal(log_reader_open(&reader, place->fd, "id", tail), 0);
		assert_int_equal(log_reader_next(&reader, &line, &len), 1);
		assert_int_equal(strtol(line, NULL, 10), 50000 - tail);
		log_reader_close(&reader);
	}
}

static void half_a_line_waits_for_its_other_half(void **state)
{
	struct place *place = *state;
	struct log_reader reader;

	add(place, NAME, "1\n2");
	assert_tail(place, 1, "1,");
	assert_int_equal(log_reader_open(&reader, place->fd, "id", -1), 0);
	assert_reads(&reader, "1,");
	add(place, NAME, "22\n");
	assert_reads(&reader, "222,");
	log_reader_close(&reader);
}

static void rotation_under_the_reader_neither_loses_nor_doubles(void **state)
{
	struct place *place = *state;
	struct log_reader reader;

	assert_int_equal(log_reader_open(&reader, place->fd, "id", 0), 0);
	assert_reads(&reader, "");
	add(place, NAME, "1\n");
	assert_reads(&reader, "1,");
	add(place, NAME, "2\n");
	rotate(place, NAME, NAME ".1");
	assert_reads(&reader, "2,"); /* no new file yet */
	assert_reads(&reader, "");
	add(place, NAME, "3\n");
	rotate(place, NAME ".1", NAME ".2");
	rotate(place, NAME, NAME ".1");
	add(place, NAME, "4\n");
	assert_reads(&reader, "3,4,");
	log_reader_close(&reader);
}

static void a_reader_whose_file_is_gone_goes_on_at_the_oldest(void **state)
{
	struct place *place = *state;
	struct log_reader reader;

	add(place, NAME, "1\n");
	assert_int_equal(log_reader_open(&reader, place->fd, "id", -1), 0);
	assert_int_equal(unlinkat(place->fd, NAME, 0), 0);
	add(place, NAME ".1", "5\n");
	add(place, NAME, "6\n");
	assert_reads(&reader, "1,5,6,");
	log_reader_close(&reader);
}

static void a_line_that_is_too_long_is_skipped(void **state)
{
	struct place *place = *state;
	char *text = malloc(LOG_READER_BUFFER * 2 + 1);

	memset(text, 'x', LOG_READER_BUFFER * 2);
	text[LOG_READER_BUFFER * 2] = '\0';
	add(place, NAME, "1\n");
	add(place, NAME, text);
	add(place, NAME, "\n2\n");
	assert_tail(place, -1, "1,2,");
	free(text);
}

static void parse(const char *text, int expected, struct log_entry *entry, char *line)
{
	strncpy(line, text, 255);
	assert_int_equal(log_entry_parse(line, strlen(text), entry), expected);
}

static void entries_are_unescaped(void **state)
{
	struct log_entry entry;
	char line[256];

	(void)state;
	parse("{\"log\":\"a\\u003c\\n\\\"\\\\\\u00fc\\u20ac\\ud83d\\ude00\\ud83dx\",\"stream\":"
	      "\"stderr\",\"time\":\"1970-01-01T00:00:01.5Z\"}",
	      0, &entry, line);
	assert_int_equal(entry.stream, 2);
	assert_int_equal(entry.time_ns, 1500000000);
	assert_int_equal(entry.len, 18);
	assert_memory_equal(entry.text,
			    "a<\n\"\\\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbdx", 18);
	parse("{\"stream\":\"stdout\",\"other\":\"x\",\"log\":\"\"}", 0, &entry, line);
	assert_int_equal(entry.len, 0);
	assert_int_equal(entry.stream, 1);
}

static void half_entries_are_refused(void **state)
{
	static const char whole[] = "{\"log\":\"a\\u0041\",\"stream\":\"stdout\",\"time\":"
				    "\"1970-01-01T00:00:01.5Z\"}";
	struct log_entry entry;
	char line[256];

	(void)state;
	parse(whole, 0, &entry, line);
	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		memcpy(line, whole, sizeof(whole));
		assert_int_equal(log_entry_parse(line, len, &entry), -EBADMSG);
	}
	parse("{\"log\":\"a\",\"time\":\"yesterday\"}", -EBADMSG, &entry, line);
	parse("{\"stream\":\"stdout\"}", -EBADMSG, &entry, line);
	parse("{\"log\":\"\\x\"}", -EBADMSG, &entry, line);
	parse("{\"log\":\"\\u12g4\"}", -EBADMSG, &entry, line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PLACE(a_tail_goes_back_over_files),
		WITH_PLACE(a_tail_is_right_in_a_big_file),
		WITH_PLACE(half_a_line_waits_for_its_other_half),
		WITH_PLACE(rotation_under_the_reader_neither_loses_nor_doubles),
		WITH_PLACE(a_reader_whose_file_is_gone_goes_on_at_the_oldest),
		WITH_PLACE(a_line_that_is_too_long_is_skipped),
		cmocka_unit_test(entries_are_unescaped),
		cmocka_unit_test(half_entries_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
