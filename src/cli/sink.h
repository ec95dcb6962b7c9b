/*
 * One of our own output streams: what a container wrote waits here until our standard output or
 * error takes it.
 *
 * Written only when poll says that there is room, so that a reader of ours that has stalled
 * does not keep us from forwarding signals. Everything is written before more is taken.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_SINK_H
#define HOY_CLI_SINK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum { SINK_SIZE = 32768 };

struct sink {
	int fd;		   /* borrowed */
	bool never_blocks; /* a regular file */
	size_t start;
	size_t len;
	char data[SINK_SIZE];
};

void sink_init(struct sink *sink, int fd);
/* Where to put up to SINK_SIZE bytes, when it is empty; then sink_fill. */
void sink_fill(struct sink *sink, size_t len);
/* For poll: not awaited while empty. */
struct pollfd sink_poll(const struct sink *sink);
/* Write a piece. Returns 0 or -errno (-EPIPE: the reader is gone). */
int sink_write(struct sink *sink);
/* Write everything, however long it takes. Returns 0 or -errno. */
int sink_write_all(struct sink *sink);

#endif
