/*
 * The exit file: how a container ended. Written by the monitor only; small fixed text, so that
 * neither side needs a parser.
 *
 *   1 RUN CODE OOM STARTED_NS FINISHED_NS\n      (decimal numbers; the first is the format's
 * version)
 *
 * Runs in: monitor (writes), engine (reads).
 */
#ifndef HOY_PROTO_EXIT_FILE_H
#define HOY_PROTO_EXIT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXIT_FILE_NAME "exit"
enum { EXIT_FILE_MAX = 160 };

struct exit_file {
	uint64_t run; /* as in the hand-over; a file of an earlier run is not this run's */
	int32_t code; /* 0..255; 128 + n for a signal */
	bool is_oom_killed;
	uint64_t started_ns; /* wall clock */
	uint64_t finished_ns;
};

/* Format; returns the length. */
size_t exit_file_format(const struct exit_file *exit, char text[EXIT_FILE_MAX]);
/* Returns 0 or -EINVAL. */
int exit_file_parse(const char *text, struct exit_file *ret);

#endif
