/*
 * The log's files: appending whole entries, rotating, and living on a full disk.
 *
 * Entries are gathered in a buffer and written once per round of the monitor. A file holds only
 * whole entries and never more than its limit. An entry that cannot be written is dropped and
 * counted, and once there is room again a line says how many; the container is never held up by
 * its log.
 *
 * The file is made when the first entry comes, so that a container that says nothing costs
 * nothing.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_LOG_FILE_H
#define HOY_MONITOR_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_FILE_BUFFER = 128 * 1024, LOG_FILE_NAME_SIZE = 96 };

struct log_file {
	int dir_fd;	    /* borrowed */
	int fd;		    /* -EBADF: not open */
	const char *id;	    /* borrowed */
	uint64_t max_bytes; /* of one file; 0: unbounded */
	uint32_t max_files;
	uint64_t size;	    /* of the current file, up to its last whole entry */
	uint64_t dropped;   /* entries since the last that was written */
	int error;	    /* why, a positive errno */
	bool is_open_tried; /* since the last write: not once per entry on a full disk */
	char *buffer;	    /* LOG_FILE_BUFFER bytes, borrowed */
	size_t used;
};

/* Where to write an entry of at most `max` bytes, which is at most LOG_FILE_BUFFER. */
char *log_file_reserve(struct log_file *log, size_t max);
/* An entry of `len` bytes, with its newline, was written there. */
void log_file_commit(struct log_file *log, size_t len);
/* Write what was gathered. */
void log_file_flush(struct log_file *log);
void log_file_close(struct log_file *log);

/* "ID-json.log" for 0, "ID-json.log.1" and so on. */
void log_file_name(const struct log_file *log, uint32_t number, char name[LOG_FILE_NAME_SIZE]);

#endif
