/*
 * See limits.h.
 *
 * Runs in: fetch.
 */
#include "fetch/limits.h"

#include <stdlib.h>

#include "base/str.h"

static uint64_t limit(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);
	uint64_t value;

	return text && parse_u64(text, 1, UINT32_MAX, &value) == 0 ? value : fallback;
}

void limits_read(struct limits *ret)
{
	*ret = (struct limits){
		.attempts = limit("HOY_FETCH_ATTEMPTS", 6),
		.backoff_ms = limit("HOY_FETCH_BACKOFF_MS", 500),
		.backoff_max_ms = limit("HOY_FETCH_BACKOFF_MAX_MS", 30000),
		.retry_after_s = limit("HOY_FETCH_RETRY_AFTER_S", 60),
		.wait_total_s = limit("HOY_FETCH_WAIT_TOTAL_S", 300),
		.low_speed = limit("HOY_FETCH_LOW_SPEED", 1024),
		.low_speed_s = limit("HOY_FETCH_LOW_SPEED_S", 30),
		.connect_s = limit("HOY_FETCH_CONNECT_S", 30),
		.answer_s = limit("HOY_FETCH_ANSWER_S", 300),
		.chunk = limit("HOY_FETCH_CHUNK", 16 << 20),
	};
}
