/*
 * The attach socket: letting clients in, and what they ask for.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_ATTACHERS_H
#define HOY_MONITOR_ATTACHERS_H

#include "monitor/monitor.h"

/* Whether there is a place for another one; the others wait in the listening socket. */
bool attachers_has_room(const struct monitor *monitor);
/* Let one in that connects, if it is of our own user or root. */
void attachers_accept(struct monitor *monitor);
/* Take what the client sent: some frames, not all of a flood. Lets it go when it has ended or
 * broken the protocol. */
void attachers_receive(struct monitor *monitor, struct client *client);

#endif
