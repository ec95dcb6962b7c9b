/*
 * See log.h.
 *
 * Runs in: cli, runtime, image.
 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/siphash.h"

enum { LOG_LINE_SIZE = 4096 };

static enum log_level log_level = LOG_LEVEL_WARN;
static uint64_t log_start_ns;
static log_sink *log_to;
static uint64_t log_once[LOG_ONCE_MAX];
static size_t log_once_count;

static const char *const log_names[] = { "error", "warn", "info", "debug", "trace" };

void log_set_level(enum log_level level)
{
	log_level = level;
	log_start_ns = clock_monotonic_ns();
}

enum log_level log_get_level(void)
{
	return log_level;
}

void log_set_sink(log_sink *sink)
{
	log_to = sink;
}

int log_level_parse(const char *text, enum log_level *ret)
{
	if (strcmp(text, "fatal") == 0) {
		*ret = LOG_LEVEL_ERROR;
		return 0;
	}
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_TRACE; i++) {
		if (strcmp(text, log_names[i]) == 0) {
			*ret = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

static void log_line(enum log_level level, const char *line)
{
	if (log_to)
		log_to(level, line);
	else if (level <= LOG_LEVEL_WARN)
		(void)fprintf(stderr, "%s: %s\n", level == LOG_LEVEL_WARN ? "WARNING" : "hoy",
			      line);
	else
		(void)fprintf(stderr, "%s +%llu: %s\n", log_names[level],
			      (unsigned long long)(clock_monotonic_ns() - log_start_ns) / 1000,
			      line);
}

void log_say(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE_SIZE];
	va_list args;

	if (level > log_level)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	log_line(level, line);
}

void log_warn_once(const char *format, ...)
{
	/* Whoever makes two lines that fall together hides one of his own. */
	static const struct siphash_key key = { 0 };
	char line[LOG_LINE_SIZE];
	uint64_t hash;
	va_list args;

	if (LOG_LEVEL_WARN > log_level)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	hash = siphash(&key, 0, line, strlen(line));
	for (size_t i = 0; i < log_once_count; i++)
		if (log_once[i] == hash)
			return;
	if (log_once_count == LOG_ONCE_MAX)
		return;
	log_once[log_once_count++] = hash;
	log_line(LOG_LEVEL_WARN, line);
}
