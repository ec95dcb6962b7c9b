/*
 * See log.h.
 *
 * The file is opened for each line: most calls have nothing to say.
 *
 * Runs in: runtime.
 */
#include "oci/log.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/fd.h"
#include "format/json.h"
#include "format/text.h"

static const struct oci *log_oci;

static const char *level_name(enum log_level level)
{
	static const char *const names[] = { "error", "warning", "info", "debug", "trace" };

	return names[level];
}

/* RFC 3339 in whole seconds, as logrus. */
static void time_text(uint64_t wall_ns, char text[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(wall_ns / 1000000000);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) ||
	    strftime(text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

void oci_log_format(enum oci_log_format format, enum log_level level, const char *message,
		    uint64_t wall_ns, struct str *out)
{
	struct json_writer w = { .out = out };
	char time[CLOCK_TEXT_SIZE];

	time_text(wall_ns, time);
	if (format == OCI_LOG_JSON) {
		json_begin_object(&w, NULL);
		json_write_text(&w, "level", level_name(level));
		json_write_text(&w, "msg", message);
		json_write_text(&w, "time", time);
		json_end_object(&w);
	} else {
		str_printf(out, "time=\"%s\" level=%s msg=", time, level_name(level));
		text_quote(message, out);
	}
	str_add_char(out, '\n');
}

int oci_log_format_parse(const char *text, enum oci_log_format *ret)
{
	if (strcmp(text, "text") != 0 && strcmp(text, "json") != 0)
		return -EINVAL;
	*ret = text[0] == 'j' ? OCI_LOG_JSON : OCI_LOG_TEXT;
	return 0;
}

int oci_log_level_parse(const char *text, enum log_level *ret)
{
	return log_level_parse(strcmp(text, "warning") == 0 ? "warn" : text, ret);
}

/* A log that cannot be written is no reason to fail: standard error has the line then. */
void oci_log_write(const struct oci *oci, enum log_level level, const char *message)
{
	AUTO_STR struct str line = { 0 };
	int fd = -EBADF;

	oci_log_format(oci->log_format, level, message, clock_wall_ns(), &line);
	if (oci->log_path)
		fd = open(oci->log_path,
			  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
			  0644);
	(void)fd_write_all(fd < 0 ? STDERR_FILENO : fd, str_text(&line), line.len);
	(void)fd_close(fd);
}

static void sink(enum log_level level, const char *line)
{
	oci_log_write(log_oci, level, line);
}

void oci_log_open(const struct oci *oci)
{
	log_oci = oci;
	log_set_sink(sink);
}
