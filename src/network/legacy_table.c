/*
 * See legacy_table.h.
 *
 * Runs in: cli (engine).
 */
#include "network/legacy_table.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"

enum { TABLE_MAX = 64 << 20 };

/* Where a rule of the family says how long its parts are. What it asks for has the same form in
 * both. */
struct layout {
	int family;
	int level;
	size_t head;
	size_t target_at;
	size_t next_at;
};

static const struct layout layouts[] = {
	[IP_V4] = { AF_INET, IPPROTO_IP, sizeof(struct ipt_entry),
		    offsetof(struct ipt_entry, target_offset),
		    offsetof(struct ipt_entry, next_offset) },
	[IP_V6] = { AF_INET6, IPPROTO_IPV6, sizeof(struct ip6t_entry),
		    offsetof(struct ip6t_entry, target_offset),
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
	if (next > size - at || next < layout->head || target_offset > next ||
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

static bool has_jump(const struct layout *layout, const char *rules, size_t size,
		     const char *chain)
{
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

/* The whole table, as large as it was a moment ago; -EAGAIN: it is not any more. */
static int read_filter(int fd, const struct layout *layout, struct ipt_get_entries **ret)
{
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t len = sizeof(info);
	struct ipt_get_entries *table;

	if (getsockopt(fd, layout->level, IPT_SO_GET_INFO, &info, &len) < 0)
		return -errno;
	if (info.size > TABLE_MAX)
		return -EFBIG;
	len = (socklen_t)(sizeof(*table) + info.size);
	table = calloc(1, len);
	if (!table)
		return -ENOMEM;
	(void)str_copy(table->name, sizeof(table->name), "filter");
	table->size = info.size;
	if (getsockopt(fd, layout->level, IPT_SO_GET_ENTRIES, table, &len) < 0) {
		int r = -errno;

		free(table);
		return r;
	}
	*ret = table;
	return 0;
}

int legacy_table_has_jump(enum ip_family family, const char *chain)
{
	const struct layout *layout = &layouts[family];
	AUTO_FREE void *memory = NULL;
	AUTO_CLOSE int fd = -EBADF;
	struct ipt_get_entries *table = NULL;
	int r;

	FAULT("socket");
	fd = socket(layout->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	r = read_filter(fd, layout, &table);
	if (r < 0)
		return r;
	memory = table;
	return has_jump(layout, (const char *)table->entrytable, table->size, chain);
}
