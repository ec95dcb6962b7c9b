/* What others answered, for as long as it holds and there is room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "dns/cache.h"
#include "message.h"

#define SECOND UINT64_C(1000000000)

struct asked {
	struct message question;
	struct wire_query query;
	struct cache_key key;
};

static void ask(struct asked *asked, const char *name, uint64_t servers, unsigned int flags)
{
	begin(&asked->question, flags, name, WIRE_TYPE_A, 0, 0, 0);
	assert_int_equal(
		wire_query_read(asked->question.bytes, asked->question.len, &asked->query),
		WIRE_NO_ERROR);
	cache_key_make(&asked->key, 7, servers, asked->question.bytes, &asked->query);
}

static void put(struct cache *cache, struct asked *asked, unsigned int flags, uint32_t ttl,
		size_t size, uint64_t now_ns)
{
	static const uint8_t data[1500];
	struct wire_answer answer;
	struct message m;

	begin(&m, WIRE_FLAG_ANSWER | flags, asked->query.name, WIRE_TYPE_A, 1, 0, 0);
	add_record(&m, WIRE_TYPE_A, ttl, data, size);
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1234,
					  asked->question.bytes + WIRE_HEADER_SIZE,
					  asked->question.len - WIRE_HEADER_SIZE, &answer),
			 0);
	cache_put(cache, &asked->key, m.bytes, m.len, &answer, now_ns);
}

static size_t get(struct cache *cache, const struct asked *asked, uint64_t now_ns,
		  uint8_t *answer)
{
	return cache_get(cache, &asked->key, asked->question.bytes, &asked->query, now_ns,
			 answer, 2048);
}

static void an_answer_is_there_until_its_time_is_over(void **state)
{
	struct cache *cache = cache_new();
	uint8_t answer[2048];
	struct asked a;

	(void)state;
	ask(&a, "example.org", 1, WIRE_FLAG_RECURSE);
	assert_int_equal(get(cache, &a, 0, answer), 0);
	put(cache, &a, 0, 60, 4, 0);
	ask(&a, "EXAMPLE.org", 1, WIRE_FLAG_RECURSE);
	wire_set_id(a.question.bytes, 99);
	a.query.id = 99;
	assert_true(get(cache, &a, 20 * SECOND, answer) > 0);
	assert_int_equal(wire_id(answer), 99);
	assert_memory_equal(answer + WIRE_HEADER_SIZE, a.question.bytes + WIRE_HEADER_SIZE,
			    a.question.len - WIRE_HEADER_SIZE);
	assert_int_equal(u16_at(answer, a.question.len + 8), 40);
	assert_int_equal(get(cache, &a, 60 * SECOND, answer), 0);
	assert_int_equal(cache_bytes(cache), 0);
	cache_free(cache);
}

static void what_changes_the_answer_is_in_the_key(void **state)
{
	struct cache *cache = cache_new();
	uint8_t answer[2048];
	struct asked a;

	(void)state;
	ask(&a, "example.org", 1, WIRE_FLAG_RECURSE);
	put(cache, &a, 0, 60, 4, 0);
	ask(&a, "example.org", 2, WIRE_FLAG_RECURSE);
	assert_int_equal(get(cache, &a, 0, answer), 0);
	ask(&a, "example.org", 1, WIRE_FLAG_RECURSE | WIRE_FLAG_UNCHECKED);
	assert_int_equal(get(cache, &a, 0, answer), 0);
	ask(&a, "example.org", 1, 0);
	assert_int_equal(get(cache, &a, 0, answer), 0);
	ask(&a, "example.or", 1, WIRE_FLAG_RECURSE);
	assert_int_equal(get(cache, &a, 0, answer), 0);
	cache_free(cache);
}

static void nothing_is_kept_that_must_not_be(void **state)
{
	struct cache *cache = cache_new();
	struct asked a;

	(void)state;
	ask(&a, "example.org", 1, WIRE_FLAG_RECURSE);
	put(cache, &a, WIRE_SERVER_FAILURE, 60, 4, 0);
	put(cache, &a, WIRE_REFUSED, 60, 4, 0);
	put(cache, &a, WIRE_FLAG_TRUNCATED, 60, 4, 0);
	put(cache, &a, 0, 0, 4, 0);
	a.key.len = 0;
	put(cache, &a, 0, 60, 4, 0);
	assert_int_equal(cache_bytes(cache), 0);
	cache_free(cache);
}

static void a_long_time_to_live_is_cut(void **state)
{
	struct cache *cache = cache_new();
	uint8_t answer[2048];
	struct asked a;

	(void)state;
	ask(&a, "example.org", 1, 0);
	put(cache, &a, 0, 1000000, 4, 0);
	assert_true(get(cache, &a, (CACHE_TTL_MAX - 1) * SECOND, answer) > 0);
	assert_int_equal(get(cache, &a, CACHE_TTL_MAX * SECOND, answer), 0);
	put(cache, &a, WIRE_NO_NAME, 1000000, 4, 0);
	assert_true(get(cache, &a, (CACHE_NEGATIVE_MAX - 1) * SECOND, answer) > 0);
	assert_int_equal(get(cache, &a, CACHE_NEGATIVE_MAX * SECOND, answer), 0);
	cache_free(cache);
}

static void what_was_used_longest_ago_makes_room(void **state)
{
	enum { COUNT = 3000, SIZE = 1000 };
	struct cache *cache = cache_new();
	uint8_t answer[2048];
	char name[32];
	struct asked a;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		(void)snprintf(name, sizeof(name), "n%d.example", i);
		ask(&a, name, 1, 0);
		put(cache, &a, 0, 60, SIZE, 0);
		assert_true(cache_bytes(cache) <= CACHE_BYTES_MAX);
		/* The first one is asked for again and again. */
		ask(&a, "n0.example", 1, 0);
		assert_true(get(cache, &a, 0, answer) > 0);
	}
	ask(&a, "n1.example", 1, 0);
	assert_int_equal(get(cache, &a, 0, answer), 0);
	assert_true(cache_bytes(cache) > CACHE_BYTES_MAX / 2);
	cache_free(cache);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_there_until_its_time_is_over),
		cmocka_unit_test(what_changes_the_answer_is_in_the_key),
		cmocka_unit_test(nothing_is_kept_that_must_not_be),
		cmocka_unit_test(a_long_time_to_live_is_cut),
		cmocka_unit_test(what_was_used_longest_ago_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
