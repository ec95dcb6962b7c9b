/*
 * The accounts of cgroup v2, in the terms of v1: microseconds become nanoseconds, and swap is
 * memory and swap together.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_stats.h; Documentation/admin-guide/cgroup-v2.rst.
 */
#include <stdio.h>
#include <string.h>

#include "runtime/cgroup_account.h"
#include "runtime/cgroup_stats_kinds.h"

enum { MICROSECOND_NS = 1000, FILE_NAME_MAX = 96 };

static int read_cpu(const struct account *from, struct cgroup_cpu_stats *ret)
{
	struct cgroup_counter *lines = NULL;
	size_t count = 0;
	int r = account_lines(from, "cpu.stat", &lines, &count);

	ret->total_ns = account_find(lines, count, "usage_usec") * MICROSECOND_NS;
	ret->user_ns = account_find(lines, count, "user_usec") * MICROSECOND_NS;
	ret->kernel_ns = account_find(lines, count, "system_usec") * MICROSECOND_NS;
	ret->periods = account_find(lines, count, "nr_periods");
	ret->throttled_periods = account_find(lines, count, "nr_throttled");
	ret->throttled_ns = account_find(lines, count, "throttled_usec") * MICROSECOND_NS;
	return r < 0 ? r : account_pressure(from, "cpu.pressure", &ret->pressure);
}

static uint64_t sum_of(uint64_t memory, uint64_t swap)
{
	return memory == CGROUP_UNLIMITED || swap == CGROUP_UNLIMITED ? CGROUP_UNLIMITED
								      : memory + swap;
}

static int read_memory_accounts(const struct account *from, struct cgroup_memory_stats *ret)
{
	struct cgroup_memory_account swap = { 0 };
	const struct {
		const char *file;
		uint64_t *value;
	} files[] = {
		{ "memory.current", &ret->usage.usage },  { "memory.max", &ret->usage.limit },
		{ "memory.peak", &ret->usage.max_usage }, /* since Linux 5.19 */
		{ "memory.swap.current", &swap.usage },	  { "memory.swap.max", &swap.limit },
		{ "memory.swap.peak", &swap.max_usage }, /* since Linux 6.6 */
	};
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = account_number(from, files[i].file, files[i].value);
	ret->swap.usage = sum_of(ret->usage.usage, swap.usage);
	ret->swap.limit = sum_of(ret->usage.limit, swap.limit);
	ret->swap.max_usage = swap.max_usage ? sum_of(ret->usage.max_usage, swap.max_usage) : 0;
	return r;
}

static int read_memory(const struct account *from, struct cgroup_memory_stats *ret)
{
	struct cgroup_counter *events = NULL;
	size_t count = 0;
	int r = account_lines(from, "memory.stat", &ret->raw, &ret->raw_count);

	if (r == 0)
		r = read_memory_accounts(from, ret);
	if (r == 0)
		r = account_lines(from, "memory.events", &events, &count);
	ret->cache = account_find(ret->raw, ret->raw_count, "file");
	ret->kernel.usage = account_find(ret->raw, ret->raw_count, "kernel");
	ret->kernel_tcp.usage = account_find(ret->raw, ret->raw_count, "sock");
	ret->usage.failcnt = account_find(events, count, "max");
	return r < 0 ? r : account_pressure(from, "memory.pressure", &ret->pressure);
}

static int read_pids(const struct account *from, struct cgroup_pids_stats *ret)
{
	int r = account_number(from, "pids.current", &ret->current);

	if (r == 0)
		r = account_number(from, "pids.max", &ret->limit);
	if (ret->limit == CGROUP_UNLIMITED)
		ret->limit = 0;
	return r;
}

/* Discards have no place in the tables of v1. */
static int read_block_item(const struct account *from, const char *item,
			   const struct cgroup_block_entry *device,
			   struct cgroup_block_stats *ret)
{
	static const struct {
		const char *key;
		const char *operation;
		bool is_bytes;
	} keys[] = {
		{ "rbytes=", "Read", true },
		{ "wbytes=", "Write", true },
		{ "rios=", "Read", false },
		{ "wios=", "Write", false },
	};
	struct cgroup_block_entry entry = *device;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!str_starts(item, keys[i].key) ||
		    parse_u64(item + strlen(keys[i].key), 0, UINT64_MAX, &entry.value) < 0)
			continue;
		entry.operation = keys[i].operation;
		return account_table_add(
			from, keys[i].is_bytes ? &ret->service_bytes : &ret->serviced, &entry);
	}
	return 0;
}

/* "8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0" */
static int read_block(const struct account *from, struct cgroup_block_stats *ret)
{
	char *text;
	char *line;
	int r = account_text(from, "io.stat", &text);

	while (r == 0 && text && (line = strsep(&text, "\n"))) {
		struct cgroup_block_entry device = { 0 };
		const char *item;

		if (!account_device(&line, &device.major, &device.minor))
			continue;
		while (r == 0 && (item = strsep(&line, " ")))
			r = read_block_item(from, item, &device, ret);
	}
	return r < 0 ? r : account_pressure(from, "io.pressure", &ret->pressure);
}

static int read_hugetlb(const struct account *from, struct cgroup_stats *ret)
{
	struct cgroup_counter *events = NULL;
	size_t count = 0;
	char file[FILE_NAME_MAX];
	int r = account_hugetlb(from, ".current", ret);

	for (size_t i = 0; i < ret->hugetlb_count && r == 0; i++) {
		struct cgroup_hugetlb_stats *h = &ret->hugetlb[i];

		(void)snprintf(file, sizeof(file), "hugetlb.%s.current", h->page_size);
		r = account_number(from, file, &h->usage);
		(void)snprintf(file, sizeof(file), "hugetlb.%s.events", h->page_size);
		if (r == 0)
			r = account_lines(from, file, &events, &count);
		h->failcnt = account_find(events, count, "max");
	}
	return r;
}

int cgroup_stats_read_v2(const struct cgroup *cgroup, struct arena *arena,
			 struct cgroup_stats *ret, struct err *e)
{
	struct account from = { .dir_fd = cgroup_into_fd(cgroup), .arena = arena, .e = e };
	int r = read_cpu(&from, &ret->cpu);

	if (r == 0)
		r = read_memory(&from, &ret->memory);
	if (r == 0)
		r = read_pids(&from, &ret->pids);
	if (r == 0)
		r = read_block(&from, &ret->block);
	if (r == 0)
		r = read_hugetlb(&from, ret);
	return r < 0 ? r : account_rdma(&from, ret);
}
