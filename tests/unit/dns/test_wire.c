/* Messages: what is read, what is refused, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "message.h"

enum { QUERY = WIRE_FLAG_RECURSE, ANSWER = WIRE_FLAG_ANSWER | WIRE_FLAG_RECURSE };

static void a_name_is_read_in_lower_case(void **state)
{
	struct wire_query query;
	struct message m;

	(void)state;
	begin(&m, QUERY, "WWW.Example.org", WIRE_TYPE_AAAA, 0, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	assert_string_equal(query.name, "www.example.org");
	assert_true(query.is_text);
	assert_int_equal(query.type, WIRE_TYPE_AAAA);
	assert_int_equal(query.id, 0x1234);
	assert_int_equal(query.question_end, m.len);
	assert_false(query.has_edns);
	assert_int_equal(query.edns_size, WIRE_UDP_DEFAULT);
	begin(&m, QUERY, "", WIRE_TYPE_A, 0, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	assert_string_equal(query.name, "");
}

static void a_label_with_a_dot_is_not_two_labels(void **state)
{
	struct wire_query query;
	struct message m;

	(void)state;
	begin(&m, QUERY, "a_b", WIRE_TYPE_A, 0, 0, 0);
	m.bytes[WIRE_HEADER_SIZE + 2] = '.';
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	assert_false(query.is_text);
	m.bytes[WIRE_HEADER_SIZE + 2] = 0;
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	assert_false(query.is_text);
}

static void edns_is_read(void **state)
{
	struct wire_query query;
	struct message m;

	(void)state;
	begin(&m, QUERY, "a", WIRE_TYPE_A, 0, 0, 1);
	add_edns(&m, 4096, 0x00038000, 12);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	assert_true(query.has_edns && query.wants_dnssec && query.has_options);
	assert_int_equal(query.edns_size, 4096);
	assert_int_equal(query.edns_version, 3);
	/* A size that nobody may have counts as the least. */
	begin(&m, QUERY, "a", WIRE_TYPE_A, 0, 0, 1);
	add_edns(&m, 100, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	assert_int_equal(query.edns_size, WIRE_UDP_DEFAULT);
	begin(&m, QUERY, "a", WIRE_TYPE_A, 0, 0, 2);
	add_edns(&m, 4096, 0, 0);
	add_edns(&m, 4096, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_FORMAT_ERROR);
}

static void what_is_no_query_is_not_answered(void **state)
{
	struct wire_query query;
	struct message m;

	(void)state;
	begin(&m, ANSWER, "a", WIRE_TYPE_A, 0, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), -EBADMSG);
	begin(&m, QUERY, "a", WIRE_TYPE_A, 0, 0, 0);
	for (size_t len = 0; len < WIRE_HEADER_SIZE; len++)
		assert_int_equal(wire_query_read(m.bytes, len, &query), -EBADMSG);
}

static void a_broken_query_is_refused(void **state)
{
	struct wire_query query;
	struct message m;

	(void)state;
	begin(&m, QUERY, "example.org", WIRE_TYPE_A, 0, 0, 0);
	for (size_t len = WIRE_HEADER_SIZE; len < m.len; len++)
		assert_int_equal(wire_query_read(m.bytes, len, &query), WIRE_FORMAT_ERROR);
	m.bytes[m.len] = 0;
	assert_int_equal(wire_query_read(m.bytes, m.len + 1, &query), WIRE_FORMAT_ERROR);
	/* Two questions; a reference as its name; another kind of request. */
	m.bytes[5] = 2;
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_FORMAT_ERROR);
	m.bytes[5] = 1;
	m.bytes[WIRE_HEADER_SIZE] = 0xc0;
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_FORMAT_ERROR);
	begin(&m, QUERY | 5 << 11, "a", WIRE_TYPE_A, 0, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NOT_IMPLEMENTED);
	/* More records than there can be. */
	begin(&m, QUERY, "a", WIRE_TYPE_A, 0xffff, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_FORMAT_ERROR);
}

static void an_answer_holds_as_long_as_its_shortest_record(void **state)
{
	static const uint8_t address[] = { 192, 0, 2, 1 };
	struct wire_answer answer;
	struct message q;
	struct message m;

	(void)state;
	begin(&q, QUERY, "example.org", WIRE_TYPE_A, 0, 0, 0);
	begin(&m, ANSWER, "EXAMPLE.org", WIRE_TYPE_A, 2, 0, 1);
	add_record(&m, WIRE_TYPE_A, 300, address, sizeof(address));
	add_record(&m, WIRE_TYPE_A, 60, address, sizeof(address));
	add_edns(&m, 1232, 0, 0);
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1234, q.bytes + WIRE_HEADER_SIZE,
					  q.len - WIRE_HEADER_SIZE, &answer),
			 0);
	assert_int_equal(answer.ttl, 60);
	assert_int_equal(answer.code, WIRE_NO_ERROR);
	wire_answer_age(m.bytes, m.len, 100);
	assert_int_equal(u16_at(m.bytes, q.len + 8), 200);
	assert_int_equal(u16_at(m.bytes, q.len + 16 + 8), 0);
}

static void that_there_is_none_holds_as_long_as_the_zone_says(void **state)
{
	static const uint8_t soa[] = { 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0,
				       0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 30 };
	struct wire_answer answer;
	struct message m;
	size_t question_len;

	(void)state;
	begin(&m, ANSWER | WIRE_NO_NAME, "a", WIRE_TYPE_A, 0, 1, 0);
	question_len = m.len - WIRE_HEADER_SIZE;
	add_record(&m, WIRE_TYPE_SOA, 300, soa, sizeof(soa));
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1234, m.bytes + WIRE_HEADER_SIZE,
					  question_len, &answer),
			 0);
	assert_int_equal(answer.code, WIRE_NO_NAME);
	assert_int_equal(answer.ttl, 30);
	/* Nothing says how long: not at all. */
	begin(&m, ANSWER | WIRE_NO_NAME, "a", WIRE_TYPE_A, 0, 0, 0);
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1234, m.bytes + WIRE_HEADER_SIZE,
					  question_len, &answer),
			 0);
	assert_int_equal(answer.ttl, 0);
}

static void another_answer_is_not_taken(void **state)
{
	static const uint8_t address[] = { 192, 0, 2, 1 };
	struct wire_answer answer;
	struct message q;
	struct message m;
	size_t len;

	(void)state;
	begin(&q, QUERY, "example.org", WIRE_TYPE_A, 0, 0, 0);
	len = q.len - WIRE_HEADER_SIZE;
	begin(&m, ANSWER, "example.org", WIRE_TYPE_A, 1, 0, 0);
	add_record(&m, WIRE_TYPE_A, 300, address, sizeof(address));
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1235, q.bytes + WIRE_HEADER_SIZE,
					  len, &answer),
			 -EBADMSG);
	for (size_t cut = 0; cut < m.len; cut++)
		assert_int_equal(wire_answer_read(m.bytes, cut, 0x1234,
						  q.bytes + WIRE_HEADER_SIZE, len, &answer),
				 -EBADMSG);
	/* Another name, another type, a question. */
	m.bytes[WIRE_HEADER_SIZE + 1] ^= 1;
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1234, q.bytes + WIRE_HEADER_SIZE,
					  len, &answer),
			 -EBADMSG);
	m.bytes[WIRE_HEADER_SIZE + 1] ^= 1;
	m.bytes[q.len - 3] = WIRE_TYPE_AAAA;
	assert_int_equal(wire_answer_read(m.bytes, m.len, 0x1234, q.bytes + WIRE_HEADER_SIZE,
					  len, &answer),
			 -EBADMSG);
	assert_int_equal(wire_answer_read(q.bytes, q.len, 0x1234, q.bytes + WIRE_HEADER_SIZE,
					  len, &answer),
			 -EBADMSG);
}

static void what_does_not_fit_is_told(void **state)
{
	static const uint8_t address[] = { 10, 0, 0, 1 };
	uint8_t answer[WIRE_UDP_DEFAULT + 1];
	struct wire_query query;
	struct wire_writer w;
	struct message m;
	size_t len;

	(void)state;
	begin(&m, QUERY, "a", WIRE_TYPE_A, 0, 0, 1);
	add_edns(&m, 512, 0, 0);
	assert_int_equal(wire_query_read(m.bytes, m.len, &query), WIRE_NO_ERROR);
	answer[WIRE_UDP_DEFAULT] = 0xaa;
	wire_begin(&w, answer, WIRE_UDP_DEFAULT, m.bytes, &query);
	for (int i = 0; i < 100; i++)
		wire_put_record(&w, WIRE_TYPE_A, 5, address, sizeof(address));
	len = wire_end(&w, WIRE_NO_ERROR, &query);
	assert_in_range(len, WIRE_UDP_DEFAULT - 16, WIRE_UDP_DEFAULT);
	assert_int_equal(answer[WIRE_UDP_DEFAULT], 0xaa);
	assert_true(wire_flags(answer) & WIRE_FLAG_TRUNCATED);
	assert_int_equal(answers_of(answer), (512 - 11 - query.question_end) / 16);
	assert_int_equal(u16_at(answer, 10), 1);
}

static void a_name_that_cannot_be_written_is_refused(void **state)
{
	char label[80];
	char name[300];
	uint8_t wire[WIRE_NAME_MAX];

	(void)state;
	memset(label, 'a', sizeof(label));
	label[63] = '\0';
	assert_int_equal(wire_name_write(label, wire), 65);
	label[63] = 'a';
	label[64] = '\0';
	assert_true(wire_name_write(label, wire) < 0);
	assert_true(wire_name_write("a..b", wire) < 0);
	assert_true(wire_name_write(".a", wire) < 0);
	memset(name, 0, sizeof(name));
	for (int i = 0; i < 127; i++)
		memcpy(name + 2 * i, "a.", 2);
	name[253] = '\0';
	assert_int_equal(wire_name_write(name, wire), WIRE_NAME_MAX);
	memcpy(name + 253, ".a", 3);
	assert_true(wire_name_write(name, wire) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_read_in_lower_case),
		cmocka_unit_test(a_label_with_a_dot_is_not_two_labels),
		cmocka_unit_test(edns_is_read),
		cmocka_unit_test(what_is_no_query_is_not_answered),
		cmocka_unit_test(a_broken_query_is_refused),
		cmocka_unit_test(an_answer_holds_as_long_as_its_shortest_record),
		cmocka_unit_test(that_there_is_none_holds_as_long_as_the_zone_says),
		cmocka_unit_test(another_answer_is_not_taken),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(a_name_that_cannot_be_written_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
