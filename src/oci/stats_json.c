/*
 * See stats_json.h. What is 0 is left out where runc leaves it out.
 *
 * Runs in: runtime.
 */
#include "oci/stats_json.h"

#include <stdio.h>

#include "format/json.h"

enum { NUMBER_SIZE = 32 };

static void write_nonzero(struct json_writer *w, const char *key, uint64_t value)
{
	if (value != 0)
		json_write_u64(w, key, value);
}

static void write_counts(struct json_writer *w, const char *key,
			 const struct cgroup_counts *counts)
{
	if (counts->count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < counts->count; i++)
		json_write_u64(w, NULL, counts->items[i]);
	json_end_array(w);
}

static void write_numbers(struct json_writer *w, const char *key,
			  const struct cgroup_numbers *numbers)
{
	if (numbers->count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < numbers->count; i++)
		json_write_u64(w, NULL, numbers->items[i]);
	json_end_array(w);
}

/* --- pressure ---------------------------------------------------------------------------- */

/* The kernel says two decimals. */
static void write_percent(struct json_writer *w, const char *key, double value)
{
	char text[NUMBER_SIZE];

	(void)snprintf(text, sizeof(text), "%.4g", value);
	json_write_raw(w, key, text);
}

static void write_pressure_line(struct json_writer *w, const char *key,
				const struct cgroup_pressure_line *line)
{
	json_begin_object(w, key);
	write_percent(w, "avg10", line->avg10);
	write_percent(w, "avg60", line->avg60);
	write_percent(w, "avg300", line->avg300);
	json_write_u64(w, "total", line->total_us);
	json_end_object(w);
}

static void write_pressure(struct json_writer *w, const struct cgroup_pressure *pressure)
{
	if (!pressure->is_set)
		return;
	json_begin_object(w, "psi");
	write_pressure_line(w, "some", &pressure->some);
	write_pressure_line(w, "full", &pressure->full);
	json_end_object(w);
}

/* --- controllers ------------------------------------------------------------------------- */

static void write_cpu(struct json_writer *w, const struct cgroup_cpu_stats *cpu)
{
	json_begin_object(w, "cpu");
	json_begin_object(w, "usage");
	write_nonzero(w, "total", cpu->total_ns);
	write_counts(w, "percpu", &cpu->percpu_ns);
	write_counts(w, "percpu_kernel", &cpu->percpu_kernel_ns);
	write_counts(w, "percpu_user", &cpu->percpu_user_ns);
	json_write_u64(w, "kernel", cpu->kernel_ns);
	json_write_u64(w, "user", cpu->user_ns);
	json_end_object(w);
	json_begin_object(w, "throttling");
	write_nonzero(w, "periods", cpu->periods);
	write_nonzero(w, "throttledPeriods", cpu->throttled_periods);
	write_nonzero(w, "throttledTime", cpu->throttled_ns);
	json_end_object(w);
	write_pressure(w, &cpu->pressure);
	json_end_object(w);
}

static void write_cpuset(struct json_writer *w, const struct cgroup_cpuset_stats *cpuset)
{
	json_begin_object(w, "cpuset");
	write_numbers(w, "cpus", &cpuset->cpus);
	json_write_u64(w, "cpu_exclusive", cpuset->cpu_exclusive);
	write_numbers(w, "mems", &cpuset->mems);
	json_write_u64(w, "mem_hardwall", cpuset->mem_hardwall);
	json_write_u64(w, "mem_exclusive", cpuset->mem_exclusive);
	json_write_u64(w, "memory_migrate", cpuset->memory_migrate);
	json_write_u64(w, "memory_spread_page", cpuset->memory_spread_page);
	json_write_u64(w, "memory_spread_slab", cpuset->memory_spread_slab);
	json_write_u64(w, "memory_pressure", cpuset->memory_pressure);
	json_write_u64(w, "sched_load_balance", cpuset->sched_load_balance);
	json_write_i64(w, "sched_relax_domain_level", cpuset->sched_relax_domain_level);
	json_end_object(w);
}

static void write_memory_account(struct json_writer *w, const char *key,
				 const struct cgroup_memory_account *account)
{
	json_begin_object(w, key);
	json_write_u64(w, "limit", account->limit);
	write_nonzero(w, "usage", account->usage);
	write_nonzero(w, "max", account->max_usage);
	json_write_u64(w, "failcnt", account->failcnt);
	json_end_object(w);
}

static void write_memory(struct json_writer *w, const struct cgroup_memory_stats *memory)
{
	json_begin_object(w, "memory");
	write_nonzero(w, "cache", memory->cache);
	write_memory_account(w, "usage", &memory->usage);
	write_memory_account(w, "swap", &memory->swap);
	write_memory_account(w, "kernel", &memory->kernel);
	write_memory_account(w, "kernelTCP", &memory->kernel_tcp);
	if (memory->raw_count > 0) {
		json_begin_object(w, "raw");
		for (size_t i = 0; i < memory->raw_count; i++)
			json_write_u64(w, memory->raw[i].name, memory->raw[i].value);
		json_end_object(w);
	}
	write_pressure(w, &memory->pressure);
	json_end_object(w);
}

static void write_pids(struct json_writer *w, const struct cgroup_pids_stats *pids)
{
	json_begin_object(w, "pids");
	write_nonzero(w, "current", pids->current);
	write_nonzero(w, "limit", pids->limit);
	json_end_object(w);
}

static void write_block_table(struct json_writer *w, const char *key,
			      const struct cgroup_block_table *table)
{
	if (table->count == 0)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < table->count; i++) {
		const struct cgroup_block_entry *entry = &table->items[i];

		json_begin_object(w, NULL);
		write_nonzero(w, "major", entry->major);
		write_nonzero(w, "minor", entry->minor);
		if (!str_is_empty(entry->operation))
			json_write_text(w, "op", entry->operation);
		write_nonzero(w, "value", entry->value);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_block(struct json_writer *w, const struct cgroup_block_stats *block)
{
	json_begin_object(w, "blkio");
	write_block_table(w, "ioServiceBytesRecursive", &block->service_bytes);
	write_block_table(w, "ioServicedRecursive", &block->serviced);
	write_block_table(w, "ioQueueRecursive", &block->queued);
	write_block_table(w, "ioServiceTimeRecursive", &block->service_time);
	write_block_table(w, "ioWaitTimeRecursive", &block->wait_time);
	write_block_table(w, "ioMergedRecursive", &block->merged);
	write_block_table(w, "ioTimeRecursive", &block->time);
	write_block_table(w, "sectorsRecursive", &block->sectors);
	write_pressure(w, &block->pressure);
	json_end_object(w);
}

static void write_hugetlb(struct json_writer *w, const struct cgroup_stats *stats)
{
	json_begin_object(w, "hugetlb");
	for (size_t i = 0; i < stats->hugetlb_count; i++) {
		const struct cgroup_hugetlb_stats *size = &stats->hugetlb[i];

		json_begin_object(w, size->page_size);
		write_nonzero(w, "usage", size->usage);
		write_nonzero(w, "max", size->max_usage);
		json_write_u64(w, "failcnt", size->failcnt);
		json_end_object(w);
	}
	json_end_object(w);
}

/* --- events ------------------------------------------------------------------------------ */

void stats_json_print(const char *id, const struct cgroup_stats *stats, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_text(&w, "type", "stats");
	json_write_text(&w, "id", id);
	json_begin_object(&w, "data");
	write_cpu(&w, &stats->cpu);
	write_cpuset(&w, &stats->cpuset);
	write_memory(&w, &stats->memory);
	write_pids(&w, &stats->pids);
	write_block(&w, &stats->block);
	write_hugetlb(&w, stats);
	json_begin_object(&w, "intel_rdt");
	json_end_object(&w);
	/* runc counts those that it made itself, which nobody asks for any more. */
	json_write_text(&w, "network_interfaces", NULL);
	json_end_object(&w);
	json_end_object(&w);
	str_add_char(out, '\n');
}

void stats_json_oom(const char *id, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_text(&w, "type", "oom");
	json_write_text(&w, "id", id);
	json_end_object(&w);
	str_add_char(out, '\n');
}
