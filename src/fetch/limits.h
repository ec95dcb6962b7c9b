/*
 * How long, how often and how much: what hoy-fetch puts up with from a registry.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_LIMITS_H
#define HOY_FETCH_LIMITS_H

#include <stdint.h>

enum {
	LIMIT_REDIRECTS = 10,
	LIMIT_HEADERS = 64 * 1024,     /* bytes of an answer's headers, redirects included */
	LIMIT_ERROR_BODY = 256 * 1024, /* bytes of an answer that is no success */
	LIMIT_TOKEN_BODY = 256 * 1024,
	LIMIT_TOKEN = 64 * 1024, /* bytes of a token itself */
	LIMIT_TAG_PAGES = 1000,
	LIMIT_REFERRER_PAGES = 100,
	LIMIT_CHUNK_MIN = 1 << 30 /* the smallest chunk that a registry may ask for */
};

/* Each can be set by the environment, for tests: HOY_FETCH_<NAME>. */
struct limits {
	uint64_t attempts;	 /* of one request, without progress between them */
	uint64_t backoff_ms;	 /* before the second one; doubles */
	uint64_t backoff_max_ms; /* but never more, jitter apart */
	uint64_t retry_after_s;	 /* the most that a registry's Retry-After counts for */
	uint64_t wait_total_s;	 /* all waiting between the attempts of one command */
	uint64_t low_speed;	 /* bytes a second that are no stall */
	uint64_t low_speed_s;	 /* for so long */
	uint64_t connect_s;	 /* name, connection and TLS together */
	uint64_t answer_s;	 /* from the last byte of an upload to the answer */
	uint64_t chunk;		 /* bytes of a chunk where a registry wants chunks */
};

/* The defaults, and what the environment says instead. */
void limits_read(struct limits *ret);

#endif
