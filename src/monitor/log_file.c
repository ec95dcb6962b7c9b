/*
 * See log_file.h.
 *
 * Runs in: monitor.
 */
#include "monitor/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/fd.h"
#include "monitor/log_line.h"
#include "monitor/stamp.h"
#include "proto/handover.h"

enum { LOG_FILE_MODE = 0640, NOTE_MAX = 256 };

void log_file_name(const struct log_file *log, uint32_t number, char name[LOG_FILE_NAME_SIZE])
{
	size_t len = strnlen(log->id, 64);

	memcpy(name, log->id, len);
	memcpy(name + len, HANDOVER_LOG_SUFFIX, sizeof(HANDOVER_LOG_SUFFIX));
	len += sizeof(HANDOVER_LOG_SUFFIX) - 1;
	if (number > 0) {
		name[len] = '.';
		(void)number_text(number, name + len + 1);
	}
}

/* A file whose last byte is no newline was left by a monitor that was killed while writing: its
 * half entry ends there. */
static int log_file_mend(struct log_file *log)
{
	char last;

	if (log->size == 0 || pread(log->fd, &last, 1, (off_t)log->size - 1) != 1 ||
	    last == '\n')
		return 0;
	if (write(log->fd, "\n", 1) != 1)
		return -errno;
	log->size++;
	return 0;
}

static int log_file_open(struct log_file *log)
{
	char name[LOG_FILE_NAME_SIZE];
	struct stat st;

	if (log->fd >= 0)
		return 0;
	FAULT("open-log");
	log_file_name(log, 0, name);
	log->fd = openat(log->dir_fd, name,
			 O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			 LOG_FILE_MODE);
	if (log->fd < 0)
		return -errno;
	if (fstat(log->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		log->fd = fd_close(log->fd);
		return -EINVAL;
	}
	log->size = (uint64_t)st.st_size;
	return log_file_mend(log);
}

/* Write all or nothing. */
static int log_file_append(struct log_file *log, const char *data, size_t len)
{
	int r = log_file_open(log);

	if (r == 0)
		r = FAULT_OR("write-log", fd_write_all(log->fd, data, len));
	if (r == 0) {
		log->size += len;
		return 0;
	}
	if (log->fd >= 0 && ftruncate(log->fd, (off_t)log->size) < 0)
		log->fd = fd_close(log->fd); /* its end is mended when it is opened again */
	return r;
}

/* The line that says what is missing. It is an entry of its own on standard error. */
static int log_file_say_dropped(struct log_file *log)
{
	char entry[NOTE_MAX * 2];
	char text[NOTE_MAX] = "hoy: ";
	char stamp[STAMP_SIZE];
	size_t len = 5 + number_text(log->dropped, text + 5);
	int n = 0;
	const char *reason = strerror(log->error);

	for (const char *c = " lines of output are missing here: "; *c; c++)
		text[len++] = *c;
	for (; *reason && n < NOTE_MAX - 80; n++)
		text[len++] = *reason++;
	stamp_text(clock_wall_ns(), stamp);
	return log_file_append(log, entry,
			       log_line_format(entry, text, len, true, "stderr", stamp));
}

static uint64_t count_lines(const char *data, size_t len)
{
	uint64_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += data[i] == '\n';
	return lines;
}

/* Write the first `len` bytes of the buffer, which are whole entries, or drop them. */
static void log_file_write(struct log_file *log, size_t len)
{
	int r = 0;

	if (len == 0)
		return;
	if (log->dropped > 0)
		r = log_file_say_dropped(log);
	if (r == 0) {
		log->dropped = 0;
		r = log_file_append(log, log->buffer, len);
	}
	if (r < 0) {
		log->dropped += count_lines(log->buffer, len);
		log->error = -r;
	}
	log->is_open_tried = false;
	memmove(log->buffer, log->buffer + len, log->used - len);
	log->used -= len;
}

/*
 * The current file becomes .1, .1 becomes .2 and so on; the last one is overwritten. From the
 * highest number down, so that a reader who finds a file under a number knows that its
 * successor was below it (engine/log_reader.c).
 */
static int log_file_rotate(struct log_file *log)
{
	char from[LOG_FILE_NAME_SIZE];
	char to[LOG_FILE_NAME_SIZE];

	FAULT("rotate-log");
	for (uint32_t number = log->max_files - 1; number > 0; number--) {
		log_file_name(log, number - 1, from);
		log_file_name(log, number, to);
		(void)renameat(log->dir_fd, from, log->dir_fd, to); /* there may be fewer yet */
	}
	/* With a single file, or where it could not be renamed: bounded all the same. */
	log_file_name(log, 0, from);
	(void)unlinkat(log->dir_fd, from, 0);
	log->fd = fd_close(log->fd);
	log->size = 0;
	return 0;
}

char *log_file_reserve(struct log_file *log, size_t max)
{
	if (LOG_FILE_BUFFER - log->used < max)
		log_file_write(log, log->used);
	return log->buffer + log->used;
}

void log_file_commit(struct log_file *log, size_t len)
{
	size_t before = log->used;

	log->used += len;
	if (log->max_bytes == 0)
		return;
	if (log->fd < 0 && !log->is_open_tried) {
		log->is_open_tried = true;
		(void)log_file_open(log); /* its failure is reported by the write */
	}
	if (log->size + log->used <= log->max_bytes || log->size + before == 0)
		return;
	log_file_write(log, before);
	if (log->size > 0)
		(void)log_file_rotate(log);
}

void log_file_flush(struct log_file *log)
{
	log_file_write(log, log->used);
}

void log_file_close(struct log_file *log)
{
	log_file_flush(log);
	if (log->dropped > 0 && log_file_say_dropped(log) == 0)
		log->dropped = 0;
	log->fd = fd_close(log->fd);
}
