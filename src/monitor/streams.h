/*
 * The container's standard streams: output to log and clients, the clients' input to the
 * program, the terminal.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_STREAMS_H
#define HOY_MONITOR_STREAMS_H

#include "monitor/monitor.h"

/* Whether output may be read now: not while the client that started the container is alone and
 * behind. */
bool streams_may_read(const struct monitor *monitor);
/* Read what is there from stream 0 or 1, a bounded amount, and hand it on. Closes it at its
 * end. */
void streams_read(struct monitor *monitor, int stream);
/* Init has ended: read what its processes left behind, and no more, should somebody else go on
 * writing. */
void streams_drain(struct monitor *monitor);

/* Whether input waits for the program. */
bool streams_has_input(const struct monitor *monitor);
/* Write input as far as the program takes it; closes the pipe when the last byte is written and
 * no more can come. */
void streams_write(struct monitor *monitor);

/* Receive the terminal's master. */
void streams_receive_terminal(struct monitor *monitor);
/* Set the terminal's size, now or when it comes: rows << 16 | columns. */
void streams_resize(struct monitor *monitor, uint32_t size);

#endif
