/*
 * The accounts of cgroup v1: one directory for each controller.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_stats.h; Documentation/admin-guide/cgroup-v1.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/cgroup_account.h"
#include "runtime/cgroup_cpus.h"
#include "runtime/cgroup_stats_kinds.h"

enum { SECOND_NS = 1000000000, FILE_NAME_MAX = 96 };

static struct account account_of(const struct cgroup *cgroup, enum cgroup_controller controller,
				 struct arena *arena, struct err *e)
{
	struct account from = { .dir_fd = -1, .arena = arena, .e = e };

	for (size_t i = 0; i < cgroup->count; i++) {
		if (cgroup->hierarchies[i].controllers & controller)
			from.dir_fd = cgroup->hierarchies[i].fd;
	}
	return from;
}

/* --- cpu ---------------------------------------------------------------------------------- */

/* cpuacct.usage_all: a head line, then "CPU USER KERNEL". */
static int read_percpu(const struct account *from, struct cgroup_cpu_stats *ret)
{
	char *text;
	char *line;
	size_t room = ret->percpu_ns.count;
	int r = account_text(from, "cpuacct.usage_all", &text);

	if (r < 0 || !text || room == 0)
		return r;
	ret->percpu_user_ns.items = arena_array(from->arena, room, sizeof(uint64_t));
	ret->percpu_kernel_ns.items = arena_array(from->arena, room, sizeof(uint64_t));
	if (!ret->percpu_user_ns.items || !ret->percpu_kernel_ns.items)
		return err_sys(from->e, ENOMEM, "read cpuacct.usage_all");
	(void)strsep(&text, "\n");
	while ((line = strsep(&text, "\n")) && ret->percpu_user_ns.count < room) {
		const char *user = strsep(&line, " ") ? strsep(&line, " ") : NULL;
		size_t i = ret->percpu_user_ns.count;

		if (!user || !line ||
		    parse_u64(user, 0, UINT64_MAX, &ret->percpu_user_ns.items[i]) < 0 ||
		    parse_u64(line, 0, UINT64_MAX, &ret->percpu_kernel_ns.items[i]) < 0)
			break;
		ret->percpu_user_ns.count = ret->percpu_kernel_ns.count = i + 1;
	}
	return 0;
}

static int read_usage(const struct account *from, struct cgroup_cpu_stats *ret)
{
	struct cgroup_counter *lines = NULL;
	uint64_t tick_ns = SECOND_NS / (uint64_t)sysconf(_SC_CLK_TCK);
	size_t count = 0;
	int r = account_number(from, "cpuacct.usage", &ret->total_ns);

	if (r == 0)
		r = account_lines(from, "cpuacct.stat", &lines, &count);
	if (r == 0)
		r = account_numbers(from, "cpuacct.usage_percpu", &ret->percpu_ns);
	if (r == 0)
		r = read_percpu(from, ret);
	ret->user_ns = account_find(lines, count, "user") * tick_ns;
	ret->kernel_ns = account_find(lines, count, "system") * tick_ns;
	return r;
}

static int read_throttling(const struct account *from, struct cgroup_cpu_stats *ret)
{
	struct cgroup_counter *lines = NULL;
	size_t count = 0;
	int r = account_lines(from, "cpu.stat", &lines, &count);

	ret->periods = account_find(lines, count, "nr_periods");
	ret->throttled_periods = account_find(lines, count, "nr_throttled");
	ret->throttled_ns = account_find(lines, count, "throttled_time");
	return r;
}

/* --- cpuset ------------------------------------------------------------------------------- */

static int read_list(const struct account *from, const char *file, struct cgroup_numbers *ret)
{
	uint8_t bits[CGROUP_CPUS_MAX / 8];
	size_t bytes = 0;
	char *text;
	int r = account_text(from, file, &text);

	if (r < 0 || !text || cgroup_cpus_parse(text, bits, &bytes) < 0)
		return r;
	ret->items = arena_array(from->arena, bytes * 8 + 1, sizeof(*ret->items));
	if (!ret->items)
		return err_sys(from->e, ENOMEM, "read %s", file);
	for (size_t n = 0; n < bytes * 8; n++) {
		if (bits[n / 8] & 1u << n % 8)
			ret->items[ret->count++] = (uint16_t)n;
	}
	return 0;
}

static int read_cpuset(const struct account *from, struct cgroup_stats *stats)
{
	struct cgroup_cpuset_stats *ret = &stats->cpuset;
	const struct {
		const char *file;
		uint64_t *value;
	} flags[] = {
		{ "cpuset.cpu_exclusive", &ret->cpu_exclusive },
		{ "cpuset.mem_hardwall", &ret->mem_hardwall },
		{ "cpuset.mem_exclusive", &ret->mem_exclusive },
		{ "cpuset.memory_migrate", &ret->memory_migrate },
		{ "cpuset.memory_spread_page", &ret->memory_spread_page },
		{ "cpuset.memory_spread_slab", &ret->memory_spread_slab },
		{ "cpuset.memory_pressure", &ret->memory_pressure },
		{ "cpuset.sched_load_balance", &ret->sched_load_balance },
	};
	char *level;
	int r = read_list(from, "cpuset.cpus", &ret->cpus);

	if (r == 0)
		r = read_list(from, "cpuset.mems", &ret->mems);
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && r == 0; i++)
		r = account_number(from, flags[i].file, flags[i].value);
	if (r == 0)
		r = account_text(from, "cpuset.sched_relax_domain_level", &level);
	if (r == 0 && level) {
		level[strcspn(level, "\n")] = '\0';
		(void)parse_i64(level, INT64_MIN, INT64_MAX, &ret->sched_relax_domain_level);
	}
	stats->has_cpuset = from->dir_fd >= 0;
	return r;
}

/* --- memory, pids ------------------------------------------------------------------------- */

static int read_memory_account(const struct account *from, const char *prefix,
			       struct cgroup_memory_account *ret)
{
	const struct {
		const char *suffix;
		uint64_t *value;
	} files[] = {
		{ "usage_in_bytes", &ret->usage },
		{ "max_usage_in_bytes", &ret->max_usage },
		{ "failcnt", &ret->failcnt },
		{ "limit_in_bytes", &ret->limit },
	};
	char file[FILE_NAME_MAX];
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++) {
		(void)snprintf(file, sizeof(file), "%s.%s", prefix, files[i].suffix);
		r = account_number(from, file, files[i].value);
	}
	return r;
}

static int read_memory(const struct account *from, struct cgroup_memory_stats *ret)
{
	int r = account_lines(from, "memory.stat", &ret->raw, &ret->raw_count);

	if (r == 0)
		r = read_memory_account(from, "memory", &ret->usage);
	if (r == 0)
		r = read_memory_account(from, "memory.memsw", &ret->swap);
	if (r == 0)
		r = read_memory_account(from, "memory.kmem", &ret->kernel);
	if (r == 0)
		r = read_memory_account(from, "memory.kmem.tcp", &ret->kernel_tcp);
	ret->cache = account_find(ret->raw, ret->raw_count, "cache");
	return r;
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

/* --- blkio, hugetlb ----------------------------------------------------------------------- */

/* "8:0 Read 4096", or "8:0 4096" where operations are not told apart; a last line "Total N". */
static int read_table(const struct account *from, const char *file,
		      struct cgroup_block_table *ret)
{
	char *text;
	char *line;
	int r = account_text(from, file, &text);

	while (r == 0 && text && (line = strsep(&text, "\n"))) {
		struct cgroup_block_entry entry = { .operation = "" };
		const char *word;

		if (!account_device(&line, &entry.major, &entry.minor) || !line)
			continue;
		word = strsep(&line, " ");
		if (line) {
			entry.operation = word;
			word = line;
		}
		if (parse_u64(word, 0, UINT64_MAX, &entry.value) == 0)
			r = account_table_add(from, ret, &entry);
	}
	return r;
}

/* The first of the files that has entries: of CFQ (until Linux 5.0), of BFQ, of the throttle. */
static int read_first_table(const struct account *from, const char *const files[],
			    struct cgroup_block_table *ret)
{
	int r = 0;

	for (size_t i = 0; files[i] && r == 0 && ret->count == 0; i++)
		r = read_table(from, files[i], ret);
	return r;
}

static int read_block(const struct account *from, struct cgroup_block_stats *ret)
{
	static const char *const bytes[] = { "blkio.io_service_bytes_recursive",
					     "blkio.bfq.io_service_bytes_recursive",
					     "blkio.throttle.io_service_bytes_recursive",
					     "blkio.throttle.io_service_bytes", NULL };
	static const char *const serviced[] = { "blkio.io_serviced_recursive",
						"blkio.bfq.io_serviced_recursive",
						"blkio.throttle.io_serviced_recursive",
						"blkio.throttle.io_serviced", NULL };
	static const char *const names[] = { "io_queued",    "io_service_time",
					     "io_wait_time", "io_merged",
					     "time",	     "sectors" };
	struct cgroup_block_table *const tables[] = { &ret->queued,    &ret->service_time,
						      &ret->wait_time, &ret->merged,
						      &ret->time,      &ret->sectors };
	char of_cfq[FILE_NAME_MAX];
	char of_bfq[FILE_NAME_MAX];
	const char *const files[] = { of_cfq, of_bfq, NULL };
	int r = read_first_table(from, bytes, &ret->service_bytes);

	if (r == 0)
		r = read_first_table(from, serviced, &ret->serviced);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && r == 0; i++) {
		(void)snprintf(of_cfq, sizeof(of_cfq), "blkio.%s_recursive", names[i]);
		(void)snprintf(of_bfq, sizeof(of_bfq), "blkio.bfq.%s_recursive", names[i]);
		r = read_first_table(from, files, tables[i]);
	}
	return r;
}

static int read_hugetlb(const struct account *from, struct cgroup_stats *ret)
{
	char file[FILE_NAME_MAX];
	int r = account_hugetlb(from, ".usage_in_bytes", ret);

	for (size_t i = 0; i < ret->hugetlb_count && r == 0; i++) {
		struct cgroup_hugetlb_stats *h = &ret->hugetlb[i];
		const struct {
			const char *suffix;
			uint64_t *value;
		} files[] = { { "usage_in_bytes", &h->usage },
			      { "max_usage_in_bytes", &h->max_usage },
			      { "failcnt", &h->failcnt } };

		for (size_t k = 0; k < 3 && r == 0; k++) {
			(void)snprintf(file, sizeof(file), "hugetlb.%s.%s", h->page_size,
				       files[k].suffix);
			r = account_number(from, file, files[k].value);
		}
	}
	return r;
}

int cgroup_stats_read_v1(const struct cgroup *cgroup, struct arena *arena,
			 struct cgroup_stats *ret, struct err *e)
{
	struct account cpuacct = account_of(cgroup, CGROUP_CPUACCT, arena, e);
	struct account cpu = account_of(cgroup, CGROUP_CPU, arena, e);
	struct account cpuset = account_of(cgroup, CGROUP_CPUSET, arena, e);
	struct account memory = account_of(cgroup, CGROUP_MEMORY, arena, e);
	struct account pids = account_of(cgroup, CGROUP_PIDS, arena, e);
	struct account block = account_of(cgroup, CGROUP_BLKIO, arena, e);
	struct account hugetlb = account_of(cgroup, CGROUP_HUGETLB, arena, e);
	struct account rdma = account_of(cgroup, CGROUP_RDMA, arena, e);
	int r = read_usage(&cpuacct, &ret->cpu);

	if (r == 0)
		r = read_throttling(&cpu, &ret->cpu);
	if (r == 0)
		r = read_cpuset(&cpuset, ret);
	if (r == 0)
		r = read_memory(&memory, &ret->memory);
	if (r == 0)
		r = read_pids(&pids, &ret->pids);
	if (r == 0)
		r = read_block(&block, &ret->block);
	if (r == 0)
		r = read_hugetlb(&hugetlb, ret);
	return r < 0 ? r : account_rdma(&rdma, ret);
}
