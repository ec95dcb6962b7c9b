/*
 * Time: a monotonic clock for waiting, the wall clock for what users read.
 *
 * Runs in: every program.
 * See: clock_gettime(2), RFC 3339.
 */
#ifndef HOY_BASE_CLOCK_H
#define HOY_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

enum { CLOCK_TEXT_SIZE = 40 };

/* CLOCK_MONOTONIC in nanoseconds: for timeouts and measurements. */
uint64_t clock_monotonic_ns(void);

/* CLOCK_REALTIME in nanoseconds since 1970 UTC. */
uint64_t clock_wall_ns(void);

/* RFC 3339 in UTC with nanoseconds as docker prints it, e.g. "2026-11-23T15:52:01.000000001Z";
 * 0 gives "0001-01-01T00:00:00Z". */
void clock_text(uint64_t wall_ns, char text[CLOCK_TEXT_SIZE]);

/* The reverse, also with an offset such as +01:00 and without fraction. Returns 0 or -EINVAL.
 * "0001-01-01T00:00:00Z" gives 0. */
int clock_parse(const char *text, uint64_t *ret_wall_ns);

#endif
