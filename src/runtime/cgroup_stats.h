/*
 * What the processes of a container have used: one reading of the control groups' accounts.
 *
 * The structure follows what callers know from cgroup v1 and runc's `events --stats`; what v2
 * counts in other units or files is converted to it. Whatever this machine does not count is 0,
 * its list empty, or its `has_` flag false: a missing file is never an error.
 *
 * Runs in: cli (engine), runtime.
 * See: Documentation/admin-guide/cgroup-v1, cgroup-v2.rst; runc types/events.go.
 */
#ifndef HOY_RUNTIME_CGROUP_STATS_H
#define HOY_RUNTIME_CGROUP_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "runtime/cgroup.h"

/* Part of the time in which processes waited; v2 only. */
struct cgroup_pressure_line {
	double avg10; /* percent of the last 10, 60, 300 seconds */
	double avg60;
	double avg300;
	uint64_t total_us;
};

struct cgroup_pressure {
	bool is_set;
	struct cgroup_pressure_line some;
	struct cgroup_pressure_line full;
};

struct cgroup_counts { /* one number for each processor */
	uint64_t *items;
	size_t count;
};

struct cgroup_cpu_stats {
	uint64_t total_ns;
	uint64_t user_ns;
	uint64_t kernel_ns;
	struct cgroup_counts percpu_ns; /* v1 only, these three */
	struct cgroup_counts percpu_user_ns;
	struct cgroup_counts percpu_kernel_ns;
	uint64_t periods; /* of the quota */
	uint64_t throttled_periods;
	uint64_t throttled_ns;
	struct cgroup_pressure pressure;
};

struct cgroup_numbers { /* processors or memory nodes, one by one */
	uint16_t *items;
	size_t count;
};

struct cgroup_cpuset_stats { /* v1 only */
	struct cgroup_numbers cpus;
	struct cgroup_numbers mems;
	uint64_t cpu_exclusive;
	uint64_t mem_hardwall;
	uint64_t mem_exclusive;
	uint64_t memory_migrate;
	uint64_t memory_spread_page;
	uint64_t memory_spread_slab;
	uint64_t memory_pressure;
	uint64_t sched_load_balance;
	int64_t sched_relax_domain_level;
};

#define CGROUP_UNLIMITED UINT64_MAX /* how runc shows "max" of v2 */

struct cgroup_memory_account { /* bytes */
	uint64_t usage;
	uint64_t max_usage;
	uint64_t failcnt; /* how often the limit was hit */
	uint64_t limit;
};

struct cgroup_counter {
	const char *name;
	uint64_t value;
};

struct cgroup_memory_stats {
	uint64_t cache;
	struct cgroup_memory_account usage;
	struct cgroup_memory_account swap; /* memory and swap together, on v2 too */
	struct cgroup_memory_account kernel;
	struct cgroup_memory_account kernel_tcp;
	struct cgroup_counter *raw; /* memory.stat line by line */
	size_t raw_count;
	struct cgroup_pressure pressure;
};

struct cgroup_pids_stats {
	uint64_t current;
	uint64_t limit; /* 0: unlimited */
};

struct cgroup_block_entry {
	uint64_t major;
	uint64_t minor;
	const char *operation; /* "Read", "Write" ...; "" for tables without one */
	uint64_t value;
};

struct cgroup_block_table {
	struct cgroup_block_entry *items;
	size_t count;
};

struct cgroup_block_stats {
	struct cgroup_block_table service_bytes;
	struct cgroup_block_table serviced;
	struct cgroup_block_table queued; /* the rest: v1 with CFQ or BFQ */
	struct cgroup_block_table service_time;
	struct cgroup_block_table wait_time;
	struct cgroup_block_table merged;
	struct cgroup_block_table time;
	struct cgroup_block_table sectors;
	struct cgroup_pressure pressure;
};

struct cgroup_hugetlb_stats {
	const char *page_size; /* "2MB" */
	uint64_t usage;
	uint64_t max_usage; /* v1 only */
	uint64_t failcnt;
};

struct cgroup_rdma_stats {
	const char *device;
	uint64_t handles;
	uint64_t objects;
	uint64_t handle_limit; /* CGROUP_UNLIMITED */
	uint64_t object_limit;
};

struct cgroup_stats {
	struct cgroup_cpu_stats cpu;
	bool has_cpuset;
	struct cgroup_cpuset_stats cpuset;
	struct cgroup_memory_stats memory;
	struct cgroup_pids_stats pids;
	struct cgroup_block_stats block;
	struct cgroup_hugetlb_stats *hugetlb; /* one for each page size */
	size_t hugetlb_count;
	struct cgroup_rdma_stats *rdma; /* one for each device */
	size_t rdma_count;
};

/*
 * Read the accounts of an opened group (cgroup_open). Everything in `ret` lives in `arena`.
 * Returns 0, -ENOMEM, or -errno of a file that is there and cannot be read.
 */
int cgroup_stats_read(const struct cgroup *cgroup, struct arena *arena,
		      struct cgroup_stats *ret, struct err *e);

#endif
