/* What is answered by us, and what is left to others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/answer.h"
#include "message.h"
#include "names_fixture.h"

static size_t answer(const struct names *names, const struct names_container *asker,
		     const char *name, unsigned int type, uint8_t *to)
{
	struct wire_query query;
	struct message m;
	int code;

	begin(&m, WIRE_FLAG_RECURSE, name, type, 0, 0, 0);
	code = wire_query_read(m.bytes, m.len, &query);
	return answer_write(names, asker, m.bytes, &query, code, 0, to, WIRE_UDP_DEFAULT);
}

static void what_is_ours_is_answered_and_the_rest_is_not(void **state)
{
	struct names *names = names_new();
	struct names_container a = { 0 };
	uint8_t to[WIRE_UDP_DEFAULT];

	(void)state;
	enter(names, &a,
	      "hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE
	      " blue open 10.0.0.2/24 fd00::2/64\nname a\n");
	assert_true(answer(names, &a, "A", WIRE_TYPE_A, to) > 0);
	assert_int_equal(answers_of(to), 1);
	assert_true(answer(names, &a, "a", WIRE_TYPE_ANY, to) > 0);
	assert_int_equal(answers_of(to), 2);
	assert_true(answer(names, &a, "a", 16, to) > 0);
	assert_int_equal(answers_of(to), 0);
	assert_int_equal(code_of(to), WIRE_NO_ERROR);
	assert_int_equal(answer(names, &a, "b", WIRE_TYPE_A, to), 0);
	assert_true(answer(names, &a, "2.0.0.10.in-addr.arpa", WIRE_TYPE_PTR, to) > 0);
	assert_int_equal(answers_of(to), 1);
	assert_true(answer(names, &a, "9.0.0.10.in-addr.arpa", WIRE_TYPE_PTR, to) > 0);
	assert_int_equal(code_of(to), WIRE_NO_NAME);
	for (size_t i = 0; i < 4; i++) {
		static const char *const strange[] = { "2.0.0.10.in-addr.arpa.x",
						       "2.0.0.310.in-addr.arpa",
						       "0002.0.0.10.in-addr.arpa",
						       "0.0.10.in-addr.arpa" };

		assert_int_equal(answer(names, &a, strange[i], WIRE_TYPE_PTR, to), 0);
	}
	assert_true(answer(names, &a, "a", WIRE_TYPE_AXFR, to) > 0);
	assert_int_equal(code_of(to), WIRE_REFUSED);
	names_leave(names, &a);
	names_free(names);
}

static void an_internal_network_keeps_names_in(void **state)
{
	struct names *names = names_new();
	struct names_container a = { 0 };
	uint8_t to[WIRE_UDP_DEFAULT];

	(void)state;
	enter(names, &a,
	      "hoy-dns 1\ncontainer " ID_A "\nnetwork " BLUE
	      " blue internal 10.0.0.2/24 -\nname a\n");
	assert_true(answer(names, &a, "example.org", WIRE_TYPE_A, to) > 0);
	assert_int_equal(code_of(to), WIRE_NO_NAME);
	enter(names, &a,
	      "hoy-dns 1\ncontainer " ID_A "\nkeep-short\nnetwork " BLUE
	      " blue open 10.0.0.2/24 -\nname a\n");
	assert_int_equal(answer(names, &a, "example.org", WIRE_TYPE_A, to), 0);
	assert_true(answer(names, &a, "example", WIRE_TYPE_A, to) > 0);
	assert_int_equal(code_of(to), WIRE_NO_NAME);
	names_leave(names, &a);
	names_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_ours_is_answered_and_the_rest_is_not),
		cmocka_unit_test(an_internal_network_keeps_names_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
