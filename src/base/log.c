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

static enum log_level log_level = LOG_LEVEL_WARN;
static uint64_t log_start_ns;
static log_sink *log_to;

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

void log_say(enum log_level level, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (level > log_level)
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
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
