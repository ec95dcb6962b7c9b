/*
 * See exit_file.h. Written without printf, which would be a third of the monitor.
 *
 * Runs in: monitor (writes), engine (reads).
 */
#include "proto/exit_file.h"

#include <errno.h>
#include <string.h>

enum { EXIT_FILE_VERSION = 1 };

static char *put_number(char *to, uint64_t number, char after)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (n > 0)
		*to++ = digits[--n];
	*to++ = after;
	return to;
}

/* A decimal number and the character behind it. Returns what follows, or NULL. */
static const char *take_number(const char *text, char after, uint64_t max, uint64_t *ret)
{
	const char *start = text;
	uint64_t number = 0;

	for (; text && *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number))
			return NULL;
	}
	if (!text || text == start || *text != after || number > max)
		return NULL;
	*ret = number;
	return text + 1;
}

size_t exit_file_format(const struct exit_file *exit, char text[EXIT_FILE_MAX])
{
	char *to = put_number(text, EXIT_FILE_VERSION, ' ');

	to = put_number(to, exit->run, ' ');
	to = put_number(to, (uint64_t)exit->code, ' ');
	to = put_number(to, exit->is_oom_killed, ' ');
	to = put_number(to, exit->started_ns, ' ');
	to = put_number(to, exit->finished_ns, '\n');
	*to = '\0';
	return (size_t)(to - text);
}

int exit_file_parse(const char *text, struct exit_file *ret)
{
	struct exit_file exit = { 0 };
	uint64_t version;
	uint64_t code;
	uint64_t oom;

	if (strnlen(text, EXIT_FILE_MAX) >= EXIT_FILE_MAX)
		return -EINVAL;
	text = take_number(text, ' ', EXIT_FILE_VERSION, &version);
	if (!text || version != EXIT_FILE_VERSION)
		return -EINVAL;
	text = take_number(text, ' ', UINT64_MAX, &exit.run);
	text = text ? take_number(text, ' ', 255, &code) : NULL;
	text = text ? take_number(text, ' ', 1, &oom) : NULL;
	text = text ? take_number(text, ' ', UINT64_MAX, &exit.started_ns) : NULL;
	text = text ? take_number(text, '\n', UINT64_MAX, &exit.finished_ns) : NULL;
	if (!text || *text != '\0')
		return -EINVAL;
	exit.code = (int32_t)code;
	exit.is_oom_killed = oom == 1;
	*ret = exit;
	return 0;
}
