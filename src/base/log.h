/*
 * Diagnostics on standard error: warnings for users, traces for developers. Never an error's
 * only way out: errors are returned.
 *
 * Runs in: cli, runtime, image (init and the monitor report through their sockets).
 */
#ifndef HOY_BASE_LOG_H
#define HOY_BASE_LOG_H

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_TRACE
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* Where the lines go instead of standard error; NULL: back to it. */
typedef void log_sink(enum log_level level, const char *line);
void log_set_sink(log_sink *sink);
/* "error", "warn", "info", "debug", "trace" (and docker's "fatal") to a level. Returns 0 or
 * -EINVAL. */
int log_level_parse(const char *text, enum log_level *ret);

/* One line, "WARNING: ..." for users at LOG_LEVEL_WARN; "<level> +<microseconds since start>:
 * ..." below. */
void log_say(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* As log_warn, and no second time: for what may come of each of many requests. Lines that were
 * said so are known by a hash; after LOG_ONCE_MAX different ones no more are said. */
enum { LOG_ONCE_MAX = 16 };
void log_warn_once(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define log_warn(...)  log_say(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_debug(...) log_say(LOG_LEVEL_DEBUG, __VA_ARGS__)
#define log_trace(...) log_say(LOG_LEVEL_TRACE, __VA_ARGS__)

#endif
