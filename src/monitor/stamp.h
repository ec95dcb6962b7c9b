/*
 * Text of numbers and times, without printf and strftime: they would double the monitor.
 *
 * Runs in: monitor.
 */
#ifndef HOY_MONITOR_STAMP_H
#define HOY_MONITOR_STAMP_H

#include <stddef.h>
#include <stdint.h>

enum { STAMP_LEN = 30, STAMP_SIZE = STAMP_LEN + 1 };

/* RFC 3339 in UTC, always with nine digits: "2026-11-23T15:52:01.123456789Z". Years 1970 to
 * 2554. */
void stamp_text(uint64_t wall_ns, char text[STAMP_SIZE]);

/* Decimal digits and a NUL at `to` (21 bytes); returns how many digits. */
size_t number_text(uint64_t number, char *to);

#endif
