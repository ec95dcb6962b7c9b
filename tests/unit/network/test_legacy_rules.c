/* The rules of the old iptables: made here as the kernel hands them out, whole and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "network/legacy_rules.h"

#define CHAIN "HOY-FORWARD"

enum { TABLE_SIZE = 4096, MATCH_SIZE = 48 };

struct table {
	enum ip_family family;
	char rules[TABLE_SIZE];
	size_t len;
};

static size_t head_size(const struct table *t)
{
	return t->family == IP_V4 ? sizeof(struct ipt_entry) : sizeof(struct ip6t_entry);
}

static size_t offset_at(const struct table *t, bool is_target)
{
	if (t->family == IP_V4)
		return is_target ? offsetof(struct ipt_entry, target_offset)
				 : offsetof(struct ipt_entry, next_offset);
	return is_target ? offsetof(struct ip6t_entry, target_offset)
			 : offsetof(struct ip6t_entry, next_offset);
}

static void set_offset(struct table *t, size_t rule, bool is_target, uint16_t value)
{
	memcpy(t->rules + rule + offset_at(t, is_target), &value, sizeof(value));
}

/* One more rule. Returns where it begins. */
static size_t add_rule(struct table *t, const char *name, const void *data, size_t len,
		       size_t matches)
{
	struct xt_entry_target target = { 0 };
	size_t begin = t->len;
	size_t target_offset = head_size(t) + matches;
	size_t size = target_offset + sizeof(target) + len;

	assert_true(begin + size <= sizeof(t->rules));
	strcpy(target.u.user.name, name);
	target.u.user.target_size = (uint16_t)(sizeof(target) + len);
	set_offset(t, begin, true, (uint16_t)target_offset);
	set_offset(t, begin, false, (uint16_t)size);
	memcpy(t->rules + begin + target_offset, &target, sizeof(target));
	memcpy(t->rules + begin + target_offset + sizeof(target), data, len);
	t->len += size;
	return begin;
}

static size_t add_verdict(struct table *t, int verdict, size_t matches)
{
	const int data[2] = { verdict, 0 };

	return add_rule(t, XT_STANDARD_TARGET, data, sizeof(data), matches);
}

/* Returns where the chain's own rules begin. */
static size_t add_chain(struct table *t, const char *name)
{
	char data[XT_FUNCTION_MAXNAMELEN + 2] = "";

	strcpy(data, name);
	(void)add_rule(t, XT_ERROR_TARGET, data, sizeof(data), 0);
	return t->len;
}

/* FORWARD with one jump to where the chain will be, as iptables-legacy makes it. Returns where the
 * jump is. */
static size_t make_table(struct table *t, enum ip_family family)
{
	size_t jump;
	size_t chain;
	int verdict;

	*t = (struct table){ .family = family };
	(void)add_verdict(t, -NF_ACCEPT - 1, 0);
	jump = add_verdict(t, 0, MATCH_SIZE);
	(void)add_verdict(t, -NF_DROP - 1, 0);
	(void)add_verdict(t, -NF_ACCEPT - 1, 0);
	(void)add_chain(t, "DOCKER-USER");
	(void)add_verdict(t, XT_RETURN, 0);
	chain = add_chain(t, CHAIN);
	(void)add_verdict(t, XT_RETURN, 0);
	(void)add_chain(t, XT_ERROR_TARGET);
	verdict = (int)chain;
	memcpy(t->rules + jump + head_size(t) + MATCH_SIZE + sizeof(struct xt_entry_target),
	       &verdict, sizeof(verdict));
	return jump;
}

/* In memory of exactly that size, so that a byte too many is seen (make SAN=1 check). */
static bool has_jump(const struct table *t, size_t len)
{
	char *exact = malloc(len > 0 ? len : 1);
	bool result;

	assert_non_null(exact);
	memcpy(exact, t->rules, len);
	result = legacy_rules_have_jump(t->family, exact, len, CHAIN);
	free(exact);
	return result;
}

static void a_jump_is_found_in_both_families(void **state)
{
	struct table t;

	(void)state;
	for (int i = 0; i < IP_FAMILIES; i++) {
		(void)make_table(&t, (enum ip_family)i);
		assert_true(has_jump(&t, t.len));
		assert_true(legacy_rules_have_jump(t.family, t.rules, t.len, CHAIN));
		assert_false(legacy_rules_have_jump(t.family, t.rules, t.len, "HOY"));
		assert_false(legacy_rules_have_jump(t.family, t.rules, t.len, CHAIN "S"));
		assert_false(legacy_rules_have_jump(t.family, t.rules, t.len, "DOCKER-USER"));
	}
}

static void a_chain_without_a_jump_and_a_jump_elsewhere_are_none(void **state)
{
	struct table t;
	size_t at;
	int verdict = 0;

	(void)state;
	at = make_table(&t, IP_V4) + head_size(&t) + MATCH_SIZE +
	     sizeof(struct xt_entry_target);
	memcpy(t.rules + at, &verdict, sizeof(verdict));
	assert_false(has_jump(&t, t.len));
	verdict = -NF_ACCEPT - 1;
	memcpy(t.rules + at, &verdict, sizeof(verdict));
	assert_false(has_jump(&t, t.len));
	t = (struct table){ .family = IP_V4 };
	assert_false(has_jump(&t, 0));
}

static void a_truncated_table_has_no_chain_and_no_byte_is_read_behind_it(void **state)
{
	struct table t;

	(void)state;
	for (int i = 0; i < IP_FAMILIES; i++) {
		size_t chain;

		(void)make_table(&t, (enum ip_family)i);
		chain = 0;
		for (size_t len = 0; len < t.len; len++) {
			bool result = has_jump(&t, len);

			if (result && chain == 0)
				chain = len;
			assert_true(chain == 0 || result);
		}
		/* Not before the rule with the chain's name is whole. */
		assert_true(chain > t.len / 2);
	}
}

static void a_rule_that_leads_nowhere_ends_the_reading(void **state)
{
	static const uint16_t bad[] = { 0, 1, sizeof(struct ipt_entry) - 1, TABLE_SIZE,
					UINT16_MAX };
	struct table t;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t jump = make_table(&t, IP_V4);

		set_offset(&t, jump, false, bad[i]);
		assert_false(has_jump(&t, t.len));
	}
}

static void a_target_outside_its_rule_ends_the_reading(void **state)
{
	struct table t;

	(void)state;
	for (int i = 0; i < IP_FAMILIES; i++) {
		uint16_t head;
		uint16_t next;

		/* Of the first rule; that with the jump would be found behind it. */
		(void)make_table(&t, (enum ip_family)i);
		head = (uint16_t)head_size(&t);
		memcpy(&next, t.rules + offset_at(&t, false), sizeof(next));
		for (uint16_t target = 0; target < next; target++) {
			bool is_inside = target >= head &&
					 target + sizeof(struct xt_entry_target) <= next;

			set_offset(&t, 0, true, target);
			assert_int_equal(has_jump(&t, t.len), is_inside);
		}
		set_offset(&t, 0, true, next);
		assert_false(has_jump(&t, t.len));
		set_offset(&t, 0, true, UINT16_MAX);
		assert_false(has_jump(&t, t.len));
	}
}

/* What follows is the head of the next rule, which begins with zeros. */
static void a_target_too_short_for_a_name_or_a_verdict_is_passed_over(void **state)
{
	struct table t = { .family = IP_V4 };
	uint16_t verdict;

	(void)state;
	(void)add_rule(&t, XT_ERROR_TARGET, CHAIN, strlen(CHAIN), 0);
	(void)add_verdict(&t, (int)t.len, 0);
	assert_false(has_jump(&t, t.len));
	t = (struct table){ .family = IP_V4 };
	verdict = (uint16_t)add_chain(&t, CHAIN);
	(void)add_rule(&t, XT_STANDARD_TARGET, &verdict, sizeof(verdict), 0);
	(void)add_verdict(&t, XT_RETURN, 0);
	assert_false(has_jump(&t, t.len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_jump_is_found_in_both_families),
		cmocka_unit_test(a_chain_without_a_jump_and_a_jump_elsewhere_are_none),
		cmocka_unit_test(a_truncated_table_has_no_chain_and_no_byte_is_read_behind_it),
		cmocka_unit_test(a_rule_that_leads_nowhere_ends_the_reading),
		cmocka_unit_test(a_target_outside_its_rule_ends_the_reading),
		cmocka_unit_test(a_target_too_short_for_a_name_or_a_verdict_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
