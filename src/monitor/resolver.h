/*
 * hoy-dns, seen from a container's monitor: when it has ended, the container is registered anew.
 *
 * `hoy internal resolver ID` does that, which starts a hoy-dns where none is. It needs nothing of
 * us, and says nothing: as long as nobody has opened the pipe for writing again, it is executed
 * once more, at growing distances.
 *
 * Runs in: monitor.
 * See: proto/dns.h.
 */
#ifndef HOY_MONITOR_RESOLVER_H
#define HOY_MONITOR_RESOLVER_H

#include <stdint.h>

struct monitor;

struct resolver {
	int life_fd;	   /* reading end of the pipe; -EBADF: none */
	uint64_t tried_ns; /* monotonic; 0: never */
	uint64_t pause_ns; /* after that, before the pipe is looked at again */
};

/* The descriptor to wait at for the end of hoy-dns: negative as long as it was just tried. */
int resolver_wait_fd(const struct resolver *resolver);
/* Until resolver_wait_fd says something else: milliseconds, -1: it does not by itself. */
int resolver_wait_ms(const struct resolver *resolver);
/* It has ended. */
void resolver_lost(struct monitor *monitor);

#endif
