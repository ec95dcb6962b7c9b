/*
 * Answers of others that still hold, kept as they came.
 *
 * Bounded by CACHE_BYTES_MAX: what was asked for longest ago makes room. An answer is kept at most
 * CACHE_TTL_MAX seconds, one that says "there is none" CACHE_NEGATIVE_MAX, a failure not at all.
 *
 * The key is everything that changes the answer: which servers were asked, the question, and what
 * the asker said of itself. Containers share it, as programs of a host share its resolver.
 *
 * Runs in: hoy-dns.
 */
#ifndef HOY_DNS_CACHE_H
#define HOY_DNS_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "dns/wire.h"

enum {
	CACHE_BYTES_MAX = 1024 * 1024,
	CACHE_ANSWER_MAX = 4096, /* a longer one is not kept */
	CACHE_TTL_MAX = 3600,
	CACHE_NEGATIVE_MAX = 60,
	CACHE_KEY_MAX = 8 + 2 + WIRE_NAME_MAX + 4
};

struct cache_key {
	uint64_t hash;
	size_t len;
	uint8_t bytes[CACHE_KEY_MAX];
};

/*
 * The key of a query that goes to the servers known by `servers`, a number that differs where
 * they do. Zero length: its answer is for the asker alone (options of EDNS). Containers choose what
 * is asked: with `secret`, which they do not know, they cannot choose the hash.
 */
void cache_key_make(struct cache_key *ret, uint64_t secret, uint64_t servers,
		    const uint8_t *message, const struct wire_query *query);
bool cache_key_equal(const struct cache_key *a, const struct cache_key *b);

struct cache;

struct cache *cache_new(void); /* NULL: no memory */
void cache_free(struct cache *cache);

/* Keep an answer that wire_answer_read has read, if it may be kept. */
void cache_put(struct cache *cache, const struct cache_key *key, const uint8_t *message,
	       size_t len, const struct wire_answer *answer, uint64_t now_ns);

/*
 * The answer to `query` (its message is `question`) into `answer`, with the query's id and its
 * letters, and its times to live lowered by its age. Returns its length, 0 when there is none, or
 * none that fits into `room`.
 */
size_t cache_get(struct cache *cache, const struct cache_key *key, const uint8_t *question,
		 const struct wire_query *query, uint64_t now_ns, uint8_t *answer, size_t room);

/* How many bytes are kept, keys and bookkeeping included. */
size_t cache_bytes(const struct cache *cache);

#endif
