/*
 * See retry.h.
 *
 * Runs in: fetch.
 */
#include "fetch/retry.h"

#include <curl/curl.h>
#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"

enum { MS_PER_S = 1000, NS_PER_S = 1000000000, DOUBLINGS_MAX = 16 };

bool retry_is_sensible(int r)
{
	static const int passing[] = { -ECONNREFUSED, -ECONNRESET, -ETIMEDOUT, -EHOSTUNREACH,
				       -ENETUNREACH,  -EPIPE,	   -EIO,       -ENETDOWN };

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (r == passing[i])
			return true;
	return false;
}

bool retry_is_status(long status)
{
	return status == 408 || status == 429 || status == 500 || status == 502 ||
	       status == 503 || status == 504;
}

/* Between half and one and a half of it, so that many who failed together come back apart. */
static uint64_t jitter(uint64_t ms)
{
	uint32_t random = 0;

	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	return ms / 2 + (uint64_t)((double)ms * random / UINT32_MAX);
}

/* In milliseconds; 0: it says nothing that we understand. */
static uint64_t asked_for(const char *retry_after, const struct limits *limits)
{
	uint64_t now_s = clock_wall_ns() / NS_PER_S;
	uint64_t seconds = 0;
	time_t date;

	if (!retry_after)
		return 0;
	if (parse_u64(retry_after, 0, UINT32_MAX, &seconds) < 0) {
		date = curl_getdate(retry_after, NULL);
		seconds = date > 0 && (uint64_t)date > now_s ? (uint64_t)date - now_s : 0;
	}
	return (seconds < limits->retry_after_s ? seconds : limits->retry_after_s) * MS_PER_S;
}

int64_t retry_next(struct retry *retry, const struct limits *limits, uint64_t max,
		   const char *retry_after)
{
	uint64_t doublings = retry->attempts < DOUBLINGS_MAX ? retry->attempts : DOUBLINGS_MAX;
	uint64_t pause = limits->backoff_ms << doublings;
	uint64_t asked = asked_for(retry_after, limits);

	if (++retry->attempts >= max)
		return -1;
	pause = jitter(pause < limits->backoff_max_ms ? pause : limits->backoff_max_ms);
	if (asked > pause)
		pause = asked;
	if (retry->waited_ms + pause > limits->wait_total_s * MS_PER_S)
		return -1;
	retry->waited_ms += pause;
	return (int64_t)pause;
}
