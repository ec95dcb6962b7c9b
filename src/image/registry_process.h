/*
 * The process hoy-fetch: its birth and its end.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_REGISTRY_PROCESS_H
#define HOY_IMAGE_REGISTRY_PROCESS_H

#include <sys/types.h>

#include "base/err.h"

struct registry_process {
	pid_t pid; /* 0: not started */
	int pidfd;
	int socket_fd; /* proto/fetch.h is spoken on it */
};

/* Start it with its socket, /dev/null and an environment of a few variables. It dies with this
 * process, and it is in a process group of its own, so that ^C reaches us alone. */
int registry_process_start(struct registry_process *ret, struct err *e);
/* Its socket has ended: wait for it and say how it died. Returns -EPIPE. */
int registry_process_died(struct registry_process *process, struct err *e);
/* Kill it and wait. Zeroed: nothing happens. */
void registry_process_end(struct registry_process *process);

#endif
