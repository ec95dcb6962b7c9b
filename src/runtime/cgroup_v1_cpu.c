/*
 * Processor limits of cgroup v1: shares, bandwidth, realtime, and the sets of processors and
 * memory nodes.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v1.h; Documentation/scheduler/sched-bwc.rst, cgroup-v1/cpusets.rst.
 */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/cgroup_settings.h"
#include "runtime/cgroup_v1_put.h"

/* Of numbers that depend on each other; 0 is "not said" where the specification says so. */
static int put_together(struct cgroup *cgroup, const char *const files[],
			const struct spec_number numbers[], size_t count, struct err *e)
{
	struct cgroup_setting settings[3] = { 0 };
	bool is_any = false;
	int fd = -1;
	int r;

	for (size_t i = 0; i < count; i++) {
		if (!numbers[i].is_set)
			continue;
		is_any = true;
		settings[i].file = files[i];
		(void)snprintf(settings[i].value, sizeof(settings[i].value), "%" PRId64,
			       numbers[i].value);
	}
	if (!is_any)
		return 0;
	r = cgroup_v1_directory(cgroup, CGROUP_CPU, files[0], &fd, e);
	return r < 0 ? r : cgroup_settings_write(fd, settings, count, e);
}

static struct spec_number unless_zero(struct spec_number number)
{
	number.is_set = number.is_set && number.value != 0;
	return number;
}

static int apply_bandwidth(struct cgroup *cgroup, const struct spec_resources *resources,
			   bool is_update, struct err *e)
{
	static const char *const files[] = { "cpu.cfs_period_us", "cpu.cfs_quota_us",
					     "cpu.cfs_burst_us" };
	struct spec_number numbers[] = { unless_zero(resources->cpu_period),
					 unless_zero(resources->cpu_quota),
					 resources->cpu_burst };
	int r;

	/* A new group has none, and no burst. */
	if (!is_update) {
		numbers[1].is_set = numbers[1].is_set && numbers[1].value > 0;
		numbers[2] = unless_zero(numbers[2]);
	}
	r = put_together(cgroup, files, numbers, 3, e);
	if (r == -EINVAL && numbers[1].is_set && numbers[1].value >= 0 &&
	    numbers[1].value < 1000)
		return err_hint(e, r, "the smallest quota is 1000 microseconds in a period");
	return r;
}

static int apply_realtime(struct cgroup *cgroup, const struct spec_resources *resources,
			  struct err *e)
{
	static const char *const files[] = { "cpu.rt_period_us", "cpu.rt_runtime_us" };
	const struct spec_number numbers[] = { unless_zero(resources->cpu_rt_period),
					       unless_zero(resources->cpu_rt_runtime) };

	return put_together(cgroup, files, numbers, 2, e);
}

static int apply_shares(struct cgroup *cgroup, const struct spec_resources *resources,
			bool is_update, struct err *e)
{
	static const char *const files[] = { "cpu.idle", "cpu.shares" };
	struct spec_number numbers[] = { resources->cpu_idle,
					 unless_zero(resources->cpu_shares) };

	/* The kernel would take it and use something else. */
	if (numbers[1].is_set && (numbers[1].value < 2 || numbers[1].value > 262144))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "cpu.shares: %" PRId64 " is not in 2 .. 262144",
			       numbers[1].value);
	if (!is_update)
		numbers[0] = unless_zero(numbers[0]);
	/* What is idle has no weight. */
	if (numbers[0].is_set && numbers[0].value == 1)
		numbers[1].is_set = false;
	return put_together(cgroup, files, numbers, 2, e);
}

int cgroup_v1_apply_cpu(struct cgroup *cgroup, const struct spec_resources *resources,
			bool is_update, struct err *e)
{
	int r = apply_shares(cgroup, resources, is_update, e);

	if (r == 0)
		r = apply_bandwidth(cgroup, resources, is_update, e);
	return r < 0 ? r : apply_realtime(cgroup, resources, e);
}

/* --- sets --------------------------------------------------------------------------------- */

int cgroup_v1_apply_cpuset(struct cgroup *cgroup, const struct spec_resources *resources,
			   struct err *e)
{
	int r = 0;

	if (!str_is_empty(resources->cpus))
		r = cgroup_v1_put_text(cgroup, CGROUP_CPUSET, "cpuset.cpus", resources->cpus,
				       e);
	if (r == 0 && !str_is_empty(resources->mems))
		r = cgroup_v1_put_text(cgroup, CGROUP_CPUSET, "cpuset.mems", resources->mems,
				       e);
	return r;
}
