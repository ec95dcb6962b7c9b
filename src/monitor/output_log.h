/*
 * From the bytes that the container writes to the log's entries: lines, cut at 16 KiB as docker
 * cuts them.
 *
 * A piece of a longer line is an entry without a newline at the end of its text, and all pieces
 * of a line have the time of the first. The lines that came with one read have one time.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_OUTPUT_LOG_H
#define HOY_MONITOR_OUTPUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "monitor/log_file.h"
#include "monitor/stamp.h"

enum { OUTPUT_LOG_CHUNK = 16 * 1024 };

struct output_log_stream {
	const char *name; /* "stdout", "stderr" */
	char *pending;	  /* OUTPUT_LOG_CHUNK bytes, borrowed: the beginning of a line */
	size_t len;
	bool is_continued;	/* a piece of this line is written already */
	char stamp[STAMP_SIZE]; /* of that piece */
};

struct output_log {
	bool is_on;
	uint64_t last_ns;
	struct log_file file;
	struct output_log_stream streams[2];
};

/* Output of stream 0 or 1. Written to the file by log_file_flush. */
void output_log_add(struct output_log *log, int stream, const char *data, size_t len);
/* The stream has ended: what is left of a line is its last entry. */
void output_log_end(struct output_log *log, int stream);

#endif
