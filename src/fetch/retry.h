/*
 * When to try again: a pause that doubles, with jitter, or what the registry asks for; bounded in
 * number and in sum.
 *
 * Runs in: fetch.
 * See: RFC 9110 section 10.2.3 (Retry-After).
 */
#ifndef HOY_FETCH_RETRY_H
#define HOY_FETCH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/limits.h"

struct retry {
	uint64_t attempts; /* that have failed */
	uint64_t waited_ms;
};

/* May another attempt help after this negative errno of a transfer? */
bool retry_is_sensible(int r);
/* After an answer with this status? */
bool retry_is_status(long status);

/*
 * One more attempt has failed. Returns the pause in milliseconds before the next one, or -1:
 * enough. `max`: how many attempts at most; `retry_after`: the header, seconds or a date; NULL.
 */
int64_t retry_next(struct retry *retry, const struct limits *limits, uint64_t max,
		   const char *retry_after);

#endif
