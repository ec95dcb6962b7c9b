/*
 * Reading a container's log line by line, from the oldest file or a number of lines before the
 * end, on into files that are made while we read.
 *
 * Life cycle: log_reader_open, log_reader_next until it has had enough, log_reader_close.
 *
 * Runs in: cli.
 */
#ifndef HOY_ENGINE_LOG_READER_H
#define HOY_ENGINE_LOG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/log_files.h"

/* The longest line that is read; the monitor's are at most 96 KiB and some. Longer ones are
 * skipped. */
enum { LOG_READER_BUFFER = 256 * 1024 };

struct log_reader {
	struct log_files files;
	int fd;		 /* -EBADF: there is no log yet */
	bool is_rotated; /* fd was seen not to be the current file any more: its end is final */
	bool is_skipping; /* until the end of a line that is too long */
	char *buffer;	  /* LOG_READER_BUFFER bytes, owned */
	size_t start;
	size_t len;
};

/* `tail`: how many lines before the end; -1: all. The directory is borrowed. Returns 0 or
 * -errno. */
int log_reader_open(struct log_reader *reader, int container_fd, const char *id, int64_t tail);
/*
 * The next line, without its newline, in the reader's memory until the next call (which the
 * caller may write to). Returns 1, 0 when there is none yet, or -errno. What was written before
 * the call is read to its end.
 */
int log_reader_next(struct log_reader *reader, char **ret_line, size_t *ret_len);
void log_reader_close(struct log_reader *reader);

#endif
