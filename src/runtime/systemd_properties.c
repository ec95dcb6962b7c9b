/*
 * See systemd_properties.h.
 *
 * Devices: on v2 the manager is told nothing, so that it attaches no program of its own beside
 * ours; on v1 it writes devices.allow again whenever it is reloaded, so it has to know the same
 * rules.
 *
 * Runs in: runtime.
 */
#include "runtime/systemd_properties.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "runtime/cgroup_convert.h"
#include "runtime/cgroup_cpus.h"
#include "runtime/cgroup_devices.h"

enum { PERIOD_DEFAULT_US = 100000, SECOND_US = 1000000, PERCENT_US = 10000 };

static void add_text(struct str *out, const char *name, const char *value)
{
	str_printf(out, "%s\ts\t%s\n", name, value);
}

static void add_u64(struct str *out, const char *name, uint64_t value)
{
	str_printf(out, "%s\tt\t%" PRIu64 "\n", name, value);
}

static void add_true(struct str *out, const char *name)
{
	str_printf(out, "%s\tb\ttrue\n", name);
}

/* Below 0 is infinity, which the bus writes as the largest number; 0 is "not said". */
static void add_limit(struct str *out, const char *name, struct spec_number number)
{
	if (number.is_set && number.value != 0)
		add_u64(out, name, number.value < 0 ? UINT64_MAX : (uint64_t)number.value);
}

static int add_memory(const struct spec_resources *resources, bool is_v2, struct str *out,
		      struct err *e)
{
	int64_t swap = -1;
	int r;

	add_limit(out, is_v2 ? "MemoryMax" : "MemoryLimit", resources->memory_limit);
	if (!is_v2)
		return 0;
	add_limit(out, "MemoryLow", resources->memory_reservation);
	if (!resources->memory_swap.is_set || resources->memory_swap.value == 0)
		return 0;
	/* An update of the sum alone is for the files, which know the limit that is in force. */
	if (!resources->memory_limit.is_set && resources->memory_swap.value > 0)
		return 0;
	r = cgroup_convert_swap(resources->memory_swap.value, resources->memory_limit.value,
				&swap, e);
	if (r == 0)
		add_u64(out, "MemorySwapMax", swap < 0 ? UINT64_MAX : (uint64_t)swap);
	return r;
}

/* In whole percents of a processor: the manager rounds down what is finer. */
static uint64_t quota_per_second(int64_t quota, int64_t period)
{
	uint64_t usec = (uint64_t)quota * SECOND_US / (uint64_t)period;

	return (usec + PERCENT_US - 1) / PERCENT_US * PERCENT_US;
}

static void add_quota(const struct spec_resources *resources, struct str *out)
{
	int64_t period = resources->cpu_period.value > 0 ? resources->cpu_period.value
							 : PERIOD_DEFAULT_US;

	if (resources->cpu_period.is_set && resources->cpu_period.value > 0)
		add_u64(out, "CPUQuotaPeriodUSec", (uint64_t)period);
	if (!resources->cpu_quota.is_set || resources->cpu_quota.value == 0)
		return;
	add_u64(out, "CPUQuotaPerSecUSec",
		resources->cpu_quota.value < 0 ||
				resources->cpu_quota.value > INT64_MAX / SECOND_US
			? UINT64_MAX
			: quota_per_second(resources->cpu_quota.value, period));
}

static int add_cpus(const char *name, const char *list, struct str *out, struct err *e)
{
	uint8_t bits[CGROUP_CPUS_MAX / 8];
	size_t bytes = 0;
	int r = cgroup_cpus_parse(list, bits, &bytes);

	if (r < 0)
		return err_set(e, ERR_INVALID, r, "%s: \"%s\" is not a list like 0-3,7", name,
			       list);
	str_printf(out, "%s\tay\t", name);
	for (size_t i = 0; i < bytes; i++)
		str_printf(out, "%02x", bits[i]);
	str_add_char(out, '\n');
	return 0;
}

static int add_processors(const struct spec_resources *resources, bool is_v2, struct str *out,
			  struct err *e)
{
	int64_t shares = resources->cpu_shares.is_set ? resources->cpu_shares.value : 0;
	int r = 0;

	if (is_v2 && resources->cpu_idle.is_set && resources->cpu_idle.value == 1)
		add_u64(out, "CPUWeight", 0); /* which is "idle" to the manager */
	else if (shares > 0)
		add_u64(out, is_v2 ? "CPUWeight" : "CPUShares",
			is_v2 ? cgroup_convert_shares((uint64_t)shares) : (uint64_t)shares);
	add_quota(resources, out);
	/* On v1 the manager leaves cpusets alone. */
	if (is_v2 && !str_is_empty(resources->cpus))
		r = add_cpus("AllowedCPUs", resources->cpus, out, e);
	if (is_v2 && r == 0 && !str_is_empty(resources->mems))
		r = add_cpus("AllowedMemoryNodes", resources->mems, out, e);
	return r;
}

static void add_tasks(struct spec_number limit, struct str *out)
{
	/* 0 is "unlimited" here as in the files; the manager would make it 0 processes. */
	if (limit.is_set)
		add_u64(out, "TasksMax", limit.value <= 0 ? UINT64_MAX : (uint64_t)limit.value);
}

/* A name that the manager understands: a node, or a whole class of /proc/devices. False: it has
 * no word for this. */
static bool add_device(const struct spec_device_rule *rule, struct str *out)
{
	char kind[6];

	(void)str_copy(kind, sizeof(kind), rule->type == 'b' ? "block" : "char");
	if (rule->major >= 0 && rule->minor >= 0)
		str_printf(out, "\t/dev/%s/%" PRId64 ":%" PRId64, kind, rule->major,
			   rule->minor);
	else if (rule->major == 136)
		str_printf(out, "\tchar-pts");
	else if (rule->major < 0 && rule->minor < 0)
		str_printf(out, "\t%s-*", kind);
	else
		return false;
	str_printf(out, "\t%s%s%s", rule->may_read ? "r" : "", rule->may_write ? "w" : "",
		   rule->may_mknod ? "m" : "");
	return true;
}

static int add_devices(const struct spec_resources *resources, bool is_v2, struct str *out,
		       struct err *e)
{
	struct cgroup_devices devices;
	int r = is_v2 ? 0
		      : cgroup_devices_reduce(&devices, resources->devices,
					      resources->device_count, e);

	if (r < 0)
		return r;
	add_text(out, "DevicePolicy", is_v2 || devices.is_allow_default ? "auto" : "strict");
	if (is_v2 || devices.is_allow_default)
		return 0;
	str_printf(out, "DeviceAllow\ta(ss)");
	for (size_t i = 0; i < devices.count; i++) {
		if (!add_device(&devices.exceptions[i], out))
			log_warn("systemd has no name for the devices %c %" PRId64 ":%" PRId64
				 ": a reload of it takes them away",
				 devices.exceptions[i].type, devices.exceptions[i].major,
				 devices.exceptions[i].minor);
	}
	str_add_char(out, '\n');
	return 0;
}

int systemd_properties_limits(const struct spec_resources *resources, bool is_v2,
			      struct str *out, struct err *e)
{
	int r = add_memory(resources, is_v2, out, e);

	if (r == 0)
		r = add_processors(resources, is_v2, out, e);
	if (r < 0)
		return r;
	add_tasks(resources->pids_limit, out);
	if (!is_v2 && resources->blkio_weight.is_set && resources->blkio_weight.value > 0)
		add_u64(out, "BlockIOWeight", (uint64_t)resources->blkio_weight.value);
	return str_ok(out) < 0 ? err_sys(e, ENOMEM, "properties of the unit") : 0;
}

int systemd_properties_scope(const struct cgroup_scope *scope, const struct spec *spec,
			     bool is_v2, struct str *out, struct err *e)
{
	int r;

	str_printf(out, "Description\ts\thoy container %s\n", scope->unit);
	add_text(out, "Slice", scope->slice);
	add_true(out, "Delegate");
	add_true(out, "MemoryAccounting");
	add_true(out, "CPUAccounting");
	add_true(out, is_v2 ? "IOAccounting" : "BlockIOAccounting");
	add_true(out, "TasksAccounting");
	/* It does not end early at a shutdown of the machine, nor wait for basic.target. */
	str_printf(out, "DefaultDependencies\tb\tfalse\n");
	r = systemd_properties_limits(&spec->resources, is_v2, out, e);
	if (r == 0)
		r = add_devices(&spec->resources, is_v2, out, e);
	for (size_t i = 0; i < spec->annotations.count && r == 0; i++)
		r = systemd_property_annotation(spec->annotations.items[i], out, e);
	return r < 0 || str_ok(out) == 0 ? r : err_sys(e, ENOMEM, "properties of the unit");
}
