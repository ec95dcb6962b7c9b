/* A packet of a server: it answers what was asked and is whole, or it is not taken; what is kept comes back older. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/cache.h"
#include "fuzz.h"

#define SECOND UINT64_C(1000000000)

/* The question that it would answer: its own. */
static size_t question_of(const uint8_t *data, size_t size, struct wire_query *query,
			  uint8_t *question)
{
	size_t len = size < 512 ? size : 512;

	if (len < WIRE_HEADER_SIZE)
		return 0;
	memcpy(question, data, len);
	memset(question + 2, 0, 2);
	memset(question + 6, 0, 6);
	(void)wire_query_read(question, len, query);
	return query->question_end > WIRE_HEADER_SIZE ? query->question_end : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t kept[WIRE_MESSAGE_MAX];
	uint8_t question[512];
	struct wire_query query = { 0 };
	struct wire_answer answer;
	struct wire_answer again;
	struct cache *cache;
	struct cache_key key;
	size_t question_len;
	size_t len;

	question_len = question_of(data, size, &query, question);
	if (question_len == 0)
		return 0;
	if (wire_answer_read(data, size, query.id, question + WIRE_HEADER_SIZE,
			     question_len - WIRE_HEADER_SIZE, &answer) < 0)
		return 0;
	cache = cache_new();
	assert(cache);
	cache_key_make(&key, 1, 2, question, &query);
	assert(key.len > 0);
	cache_put(cache, &key, data, size, &answer, 0);
	len = cache_get(cache, &key, question, &query, 0, kept, sizeof(kept));
	assert(len == 0 || (len == size && memcmp(kept, data, size) == 0));
	len = cache_get(cache, &key, question, &query, SECOND, kept, sizeof(kept));
	if (len > 0) {
		assert(wire_answer_read(kept, len, query.id, question + WIRE_HEADER_SIZE,
					question_len - WIRE_HEADER_SIZE, &again) == 0);
		assert(again.code == answer.code && again.ttl <= answer.ttl);
	}
	cache_free(cache);
	return 0;
}
