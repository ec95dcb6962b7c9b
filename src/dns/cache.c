/*
 * See cache.h.
 *
 * Runs in: hoy-dns.
 */
#include "dns/cache.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 2048, SECOND = 1000000000 };

struct kept {
	struct kept *next; /* of its bucket */
	/* All, the one that was used last first. */
	struct kept *newer;
	struct kept *older;
	uint64_t put_ns;
	uint64_t end_ns;
	struct cache_key key;
	size_t len;
	uint8_t bytes[];
};

struct cache {
	struct kept *buckets[BUCKETS];
	struct kept *newest;
	struct kept *oldest;
	size_t bytes;
};

struct cache *cache_new(void)
{
	return calloc(1, sizeof(struct cache));
}

size_t cache_bytes(const struct cache *cache)
{
	return cache->bytes;
}

/* --- keys -------------------------------------------------------------------------------- */

void cache_key_make(struct cache_key *ret, uint64_t secret, uint64_t servers,
		    const uint8_t *message, const struct wire_query *query)
{
	const uint16_t kept_flags =
		WIRE_FLAG_RECURSE | WIRE_FLAG_AUTHENTIC | WIRE_FLAG_UNCHECKED;
	size_t question_len = query->question_end - WIRE_HEADER_SIZE;
	/* Two bits that the others leave free. */
	uint16_t flags = (uint16_t)((query->flags & kept_flags) | query->has_edns |
				    query->wants_dnssec << 1);

	ret->len = 0;
	ret->hash = secret;
	if (query->has_options)
		return;
	memcpy(ret->bytes, &servers, sizeof(servers));
	memcpy(ret->bytes + sizeof(servers), &flags, sizeof(flags));
	ret->len = sizeof(servers) + sizeof(flags);
	wire_question_lower(message + WIRE_HEADER_SIZE, question_len, ret->bytes + ret->len);
	ret->len += question_len;
	for (size_t i = 0; i < ret->len; i++) {
		ret->hash = (ret->hash ^ ret->bytes[i]) * UINT64_C(1099511628211);
		ret->hash ^= ret->hash >> 29;
	}
}

bool cache_key_equal(const struct cache_key *a, const struct cache_key *b)
{
	return a->hash == b->hash && a->len == b->len &&
	       memcmp(a->bytes, b->bytes, a->len) == 0;
}

/* --- the lists --------------------------------------------------------------------------- */

static size_t size_of(const struct kept *kept)
{
	return sizeof(*kept) + kept->len;
}

static void list_remove(struct cache *cache, struct kept *kept)
{
	*(kept->newer ? &kept->newer->older : &cache->newest) = kept->older;
	*(kept->older ? &kept->older->newer : &cache->oldest) = kept->newer;
}

static void list_put_first(struct cache *cache, struct kept *kept)
{
	kept->newer = NULL;
	kept->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = kept;
	cache->newest = kept;
}

static struct kept **find(struct cache *cache, const struct cache_key *key)
{
	struct kept **at = &cache->buckets[key->hash % BUCKETS];

	while (*at && !cache_key_equal(&(*at)->key, key))
		at = &(*at)->next;
	return at;
}

static void drop(struct cache *cache, struct kept **at)
{
	struct kept *kept = *at;

	*at = kept->next;
	list_remove(cache, kept);
	cache->bytes -= size_of(kept);
	free(kept);
}

static void drop_oldest(struct cache *cache)
{
	struct kept **at = &cache->buckets[cache->oldest->key.hash % BUCKETS];

	while (*at != cache->oldest)
		at = &(*at)->next;
	drop(cache, at);
}

void cache_free(struct cache *cache)
{
	while (cache && cache->oldest)
		drop_oldest(cache);
	free(cache);
}

/* --- what is kept ------------------------------------------------------------------------ */

static uint32_t life_of(const uint8_t *message, const struct wire_answer *answer)
{
	bool has_answers = message[6] || message[7];
	uint32_t most = answer->code == WIRE_NO_ERROR && has_answers ? CACHE_TTL_MAX
								     : CACHE_NEGATIVE_MAX;

	if (answer->flags & WIRE_FLAG_TRUNCATED ||
	    (answer->code != WIRE_NO_ERROR && answer->code != WIRE_NO_NAME))
		return 0;
	return answer->ttl < most ? answer->ttl : most;
}

void cache_put(struct cache *cache, const struct cache_key *key, const uint8_t *message,
	       size_t len, const struct wire_answer *answer, uint64_t now_ns)
{
	uint32_t life = life_of(message, answer);
	struct kept **at;
	struct kept *kept;

	if (key->len == 0 || life == 0 || len > CACHE_ANSWER_MAX)
		return;
	at = find(cache, key);
	if (*at)
		drop(cache, at);
	kept = malloc(sizeof(*kept) + len);
	if (!kept)
		return;
	*kept = (struct kept){ .put_ns = now_ns,
			       .end_ns = now_ns + (uint64_t)life * SECOND,
			       .key = *key,
			       .len = len };
	memcpy(kept->bytes, message, len);
	while (cache->oldest && cache->bytes + size_of(kept) > CACHE_BYTES_MAX)
		drop_oldest(cache);
	at = &cache->buckets[key->hash % BUCKETS];
	kept->next = *at;
	*at = kept;
	list_put_first(cache, kept);
	cache->bytes += size_of(kept);
}

size_t cache_get(struct cache *cache, const struct cache_key *key, const uint8_t *question,
		 const struct wire_query *query, uint64_t now_ns, uint8_t *answer, size_t room)
{
	struct kept **at;
	struct kept *kept;

	if (key->len == 0)
		return 0;
	at = find(cache, key);
	kept = *at;
	if (!kept)
		return 0;
	if (now_ns >= kept->end_ns) {
		drop(cache, at);
		return 0;
	}
	if (kept->len > room)
		return 0;
	list_remove(cache, kept);
	list_put_first(cache, kept);
	memcpy(answer, kept->bytes, kept->len);
	wire_set_id(answer, query->id);
	memcpy(answer + WIRE_HEADER_SIZE, question + WIRE_HEADER_SIZE,
	       query->question_end - WIRE_HEADER_SIZE);
	wire_answer_age(answer, kept->len, (uint32_t)((now_ns - kept->put_ns) / SECOND));
	return kept->len;
}
