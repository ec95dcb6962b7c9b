/*
 * Calling hoy-relay when something waits at a published port that the kernel cannot redirect: the
 * monitor executes `hoy internal relay ID`, which looks up where the container is now and becomes
 * hoy-relay, and waits for its end. While nobody is there no process is.
 *
 * Runs in: monitor.
 * See: proto/reserved.h; relay/relay.h.
 */
#ifndef HOY_MONITOR_RELAYING_H
#define HOY_MONITOR_RELAYING_H

#include "monitor/monitor.h"

/* What to wait for: the relay's end, or that one is needed. Negative: nothing. */
int relaying_fd(const struct monitor *monitor);
/* After how many milliseconds relaying_fd is another; -1: never by itself. */
int relaying_timeout(const struct monitor *monitor);
/* relaying_fd is readable: start one, or take note of its end. */
void relaying_serve(struct monitor *monitor);
/* The container has ended: its ports are free when this returns. */
void relaying_stop(struct monitor *monitor);

#endif
