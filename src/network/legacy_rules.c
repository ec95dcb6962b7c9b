/*
 * See legacy_rules.h.
 *
 * Runs in: cli (engine); a pure function.
 */
#include "network/legacy_rules.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

/* Where a rule of the family says how long its parts are. What it asks for has the same form in
 * both. */
struct layout {
	size_t head;
	size_t target_at;
	size_t next_at;
};

static const struct layout layouts[] = {
	[IP_V4] = { sizeof(struct ipt_entry), offsetof(struct ipt_entry, target_offset),
		    offsetof(struct ipt_entry, next_offset) },
	[IP_V6] = { sizeof(struct ip6t_entry), offsetof(struct ip6t_entry, target_offset),
		    offsetof(struct ip6t_entry, next_offset) },
};

/* One rule: its target, and how far it is to the next. */
struct rule {
	char target[XT_EXTENSION_MAXNAMELEN];
	const char *data; /* of the target */
	size_t data_len;
	size_t next;
};

static bool rule_at(const struct layout *layout, const char *rules, size_t size, size_t at,
		    struct rule *ret)
{
	struct xt_entry_target target;
	uint16_t target_offset;
	uint16_t next;

	if (size - at < layout->head)
		return false;
	memcpy(&target_offset, rules + at + layout->target_at, sizeof(target_offset));
	memcpy(&next, rules + at + layout->next_at, sizeof(next));
	if (next > size - at || target_offset < layout->head ||
	    next - target_offset < (int)sizeof(target))
		return false;
	memcpy(&target, rules + at + target_offset, sizeof(target));
	memcpy(ret->target, target.u.user.name, sizeof(ret->target));
	ret->target[sizeof(ret->target) - 1] = '\0';
	ret->data = rules + at + target_offset + sizeof(target);
	ret->data_len = next - target_offset - sizeof(target);
	ret->next = at + next;
	return true;
}

/* A chain begins behind a rule that has its name; 0: there is none, for the first is built in. */
static size_t chain_start(const struct layout *layout, const char *rules, size_t size,
			  const char *chain)
{
	struct rule rule;

	for (size_t at = 0; rule_at(layout, rules, size, at, &rule); at = rule.next)
		if (strcmp(rule.target, XT_ERROR_TARGET) == 0 &&
		    rule.data_len > strlen(chain) &&
		    memcmp(rule.data, chain, strlen(chain) + 1) == 0)
			return rule.next;
	return 0;
}

bool legacy_rules_have_jump(enum ip_family family, const char *rules, size_t size,
			    const char *chain)
{
	const struct layout *layout = &layouts[family];
	size_t start = chain_start(layout, rules, size, chain);
	struct rule rule;

	for (size_t at = 0; start > 0 && rule_at(layout, rules, size, at, &rule);
	     at = rule.next) {
		int verdict;

		if (strcmp(rule.target, XT_STANDARD_TARGET) != 0 ||
		    rule.data_len < sizeof(verdict))
			continue;
		memcpy(&verdict, rule.data, sizeof(verdict));
		if (verdict >= 0 && (size_t)verdict == start)
			return true;
	}
	return false;
}
