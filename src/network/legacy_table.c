/*
 * See legacy_table.h.
 *
 * Runs in: cli (engine).
 */
#include "network/legacy_table.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"
#include "network/legacy_rules.h"

enum { TABLE_MAX = 64 << 20 };

static int family_of(enum ip_family family)
{
	return family == IP_V4 ? AF_INET : AF_INET6;
}

static int level_of(enum ip_family family)
{
	return family == IP_V4 ? IPPROTO_IP : IPPROTO_IPV6;
}

/* The whole table, as large as it was a moment ago; -EAGAIN: it is not any more. */
static int read_filter(int fd, enum ip_family family, struct ipt_get_entries **ret)
{
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t len = sizeof(info);
	struct ipt_get_entries *table;

	if (getsockopt(fd, level_of(family), IPT_SO_GET_INFO, &info, &len) < 0)
		return -errno;
	if (info.size > TABLE_MAX)
		return -EFBIG;
	len = (socklen_t)(sizeof(*table) + info.size);
	table = calloc(1, len);
	if (!table)
		return -ENOMEM;
	(void)str_copy(table->name, sizeof(table->name), "filter");
	table->size = info.size;
	if (getsockopt(fd, level_of(family), IPT_SO_GET_ENTRIES, table, &len) < 0) {
		int r = -errno;

		free(table);
		return r;
	}
	*ret = table;
	return 0;
}

int legacy_table_has_jump(enum ip_family family, const char *chain)
{
	AUTO_FREE void *memory = NULL;
	AUTO_CLOSE int fd = -EBADF;
	struct ipt_get_entries *table = NULL;
	int r;

	FAULT("socket");
	fd = socket(family_of(family), SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return -errno;
	r = read_filter(fd, family, &table);
	if (r < 0)
		return r;
	memory = table;
	return legacy_rules_have_jump(family, (const char *)table->entrytable, table->size,
				      chain);
}
