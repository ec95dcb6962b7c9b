/*
 * Mappings of ids as text.
 *
 * Runs in: tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec/id_map.h"

struct parsed {
	struct arena arena;
	struct spec_id_mappings mappings;
	struct err err;
	int r;
};

/* Up to three of them. */
static struct parsed parse(const char *a, const char *b, const char *c)
{
	struct parsed p = { 0 };
	struct strv texts = { 0 };

	if (a)
		strv_add(&texts, &p.arena, a);
	if (b)
		strv_add(&texts, &p.arena, b);
	if (c)
		strv_add(&texts, &p.arena, c);
	p.r = id_map_parse("--uidmap", &texts, &p.arena, &p.mappings, &p.err);
	return p;
}

static void lines_become_ranges(void **state)
{
	struct parsed p = parse("0:100000:1000", "1000:200000:5", NULL);

	(void)state;
	assert_int_equal(p.r, 0);
	assert_int_equal(p.mappings.count, 2);
	assert_int_equal(p.mappings.items[1].container_id, 1000);
	assert_int_equal(p.mappings.items[1].host_id, 200000);
	assert_int_equal(p.mappings.items[1].size, 5);
	arena_done(&p.arena);
}

static void none_is_none(void **state)
{
	struct parsed p = parse(NULL, NULL, NULL);

	(void)state;
	assert_int_equal(p.r, 0);
	assert_int_equal(p.mappings.count, 0);
	arena_done(&p.arena);
}

static void the_last_id_can_be_mapped(void **state)
{
	struct parsed p = parse("0:0:2147483648", NULL, NULL);

	(void)state;
	assert_int_equal(p.r, 0);
	assert_int_equal(p.mappings.items[0].size, 2147483648U);
	arena_done(&p.arena);
}

static void what_makes_no_sense_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *lines[3];
		const char *why;
	} bad[] = {
		{ { "" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:1" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:1:2:3" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:1:0" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:-1:1" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0: 1:1" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:2147483648:1" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:2147483647:2" }, "is not CONTAINER:HOST:COUNT" },
		{ { "2147483647:0:2" }, "is not CONTAINER:HOST:COUNT" },
		{ { "0:0:4294967297" }, "is not CONTAINER:HOST:COUNT" },
		{ { "1:100000:10" }, "0 is mapped to nothing" },
		{ { "0:100000:10", "9:200000:1" }, "is mapped already" },
		{ { "0:100000:10", "10:100009:1" }, "is mapped already" },
		{ { "5:100000:5", "0:200000:5", "4:300000:2" }, "is mapped already" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct parsed p = parse(bad[i].lines[0], bad[i].lines[1], bad[i].lines[2]);

		if (p.r != -EINVAL || !strstr(p.err.text, bad[i].why))
			fail_msg("%s: %d \"%s\"", bad[i].lines[0], p.r, p.err.text);
		arena_done(&p.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_ranges),
		cmocka_unit_test(none_is_none),
		cmocka_unit_test(the_last_id_can_be_mapped),
		cmocka_unit_test(what_makes_no_sense_is_refused_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
