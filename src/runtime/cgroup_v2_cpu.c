/*
 * Processor limits of cgroup v2.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v2.h; Documentation/admin-guide/cgroup-v2.rst "CPU", "Cpuset".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "runtime/cgroup_convert.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_settings.h"
#include "runtime/cgroup_v2.h"

static int apply_weight(int fd, const struct spec_resources *resources, bool is_update,
			struct err *e)
{
	struct cgroup_setting settings[2] = { 0 };
	bool is_idle = resources->cpu_idle.is_set && resources->cpu_idle.value == 1;

	if (resources->cpu_idle.is_set && (is_update || is_idle)) {
		settings[0].file = "cpu.idle";
		(void)snprintf(settings[0].value, CGROUP_SETTING_MAX, "%d", is_idle);
	}
	/* What is idle has no weight. */
	if (resources->cpu_shares.is_set && resources->cpu_shares.value > 0 && !is_idle) {
		settings[1].file = "cpu.weight";
		(void)snprintf(settings[1].value, CGROUP_SETTING_MAX, "%" PRIu64,
			       cgroup_convert_shares((uint64_t)resources->cpu_shares.value));
	}
	return cgroup_settings_write(fd, settings, 2, e);
}

/* "QUOTA PERIOD"; a quota alone leaves the period, but there is no way to write a period
 * alone. */
static int fill_max(int fd, const struct spec_resources *resources, bool is_update,
		    struct cgroup_setting *setting, struct err *e)
{
	int64_t quota = resources->cpu_quota.is_set ? resources->cpu_quota.value : 0;
	int64_t period = resources->cpu_period.is_set ? resources->cpu_period.value : 0;
	char now[CGROUP_SETTING_MAX] = "max";
	int n;

	if (quota == 0 && period == 0)
		return 0;
	if (quota == 0 && is_update) {
		n = cgroup_read(fd, "cpu.max", now, sizeof(now));
		if (n < 0)
			return err_sys(e, n, "read cpu.max");
		now[strcspn(now, " ")] = '\0';
	} else if (quota > 0) {
		(void)snprintf(now, sizeof(now), "%" PRId64, quota);
	}
	setting->file = "cpu.max";
	n = snprintf(setting->value, CGROUP_SETTING_MAX, "%s", now);
	if (period > 0)
		(void)snprintf(setting->value + n, CGROUP_SETTING_MAX - (size_t)n, " %" PRId64,
			       period);
	return 0;
}

static int apply_bandwidth(int fd, const struct spec_resources *resources, bool is_update,
			   struct err *e)
{
	struct cgroup_setting settings[2] = { 0 };
	int r = fill_max(fd, resources, is_update, &settings[0], e);

	if (r < 0)
		return r;
	if (resources->cpu_burst.is_set && (is_update || resources->cpu_burst.value > 0)) {
		settings[1].file = "cpu.max.burst";
		(void)snprintf(settings[1].value, CGROUP_SETTING_MAX, "%" PRId64,
			       resources->cpu_burst.value);
	}
	r = cgroup_settings_write(fd, settings, 2, e);
	if (r == -EINVAL && resources->cpu_quota.value > 0 && resources->cpu_quota.value < 1000)
		return err_hint(e, r, "the smallest quota is 1000 microseconds in a period");
	return r;
}

int cgroup_v2_apply_cpu(int fd, const struct spec_resources *resources, bool is_update,
			struct err *e)
{
	int r = apply_weight(fd, resources, is_update, e);

	if (r == 0)
		r = apply_bandwidth(fd, resources, is_update, e);
	if (r == 0 &&
	    (resources->cpu_rt_runtime.value != 0 || resources->cpu_rt_period.value != 0))
		return err_set(
			e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			"cpu.realtimeRuntime, cpu.realtimePeriod: cgroup v2 has no limit of "
			"realtime processes");
	if (r == 0 && !str_is_empty(resources->cpus))
		r = cgroup_write(fd, "cpuset.cpus", resources->cpus, e);
	if (r == 0 && !str_is_empty(resources->mems))
		r = cgroup_write(fd, "cpuset.mems", resources->mems, e);
	return r;
}
