/*
 * "linux.resources" of config.json, and the whole of what `update --resources` reads.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config-linux.md "Control groups".
 */
#include <string.h>

#include "spec/runtime_spec.h"
#include "spec/runtime_spec_parts.h"

enum {
	RULES_MAX = 16 * 1024,
	HUGEPAGES_MAX = 64,
	PRIORITIES_MAX = 4096,
	DEVICE_NUMBER_MAX = 0xfffff
};

/* --- devices ------------------------------------------------------------------------------ */

static int member_access(const struct member *m, struct json_walk *value, struct reading *in,
			 void *field)
{
	struct spec_device_rule *rule = field;
	char *text = NULL;
	int r = reading_copy(in, value, &text);

	(void)m;
	if (r < 0)
		return r;
	if (text[0] == '\0' || text[strspn(text, "rwm")] != '\0')
		return reading_fail(in, -EINVAL, ": \"%.16s\" is not made of r, w, m", text);
	rule->may_read = strchr(text, 'r');
	rule->may_write = strchr(text, 'w');
	rule->may_mknod = strchr(text, 'm');
	return 0;
}

static int member_rule_type(const struct member *m, struct json_walk *value, struct reading *in,
			    void *field)
{
	static const struct member_word types[] = {
		{ "", 'a' }, { "a", 'a' }, { "b", 'b' }, { "c", 'c' }, { 0 },
	};
	const struct member word = { .words = types };
	uint32_t type = 'a';
	int r = member_word(&word, value, in, &type);

	(void)m;
	*(char *)field = (char)type;
	return r;
}

static int read_device_rule(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("allow", struct spec_device_rule, is_allowed), .read = member_bool },
		{ MEMBER("type", struct spec_device_rule, type), .read = member_rule_type },
		{ MEMBER("major", struct spec_device_rule, major), .read = member_integer,
		  .min = -1, .max = DEVICE_NUMBER_MAX },
		{ MEMBER("minor", struct spec_device_rule, minor), .read = member_integer,
		  .min = -1, .max = DEVICE_NUMBER_MAX },
		{ .key = "access", .read = member_access },
		{ 0 },
	};
	struct spec_device_rule *rule = ret;
	int r;

	rule->type = 'a';
	rule->major = -1;
	rule->minor = -1;
	r = members_read(members, value, in, ret);
	/* Guessing would give away more than was said, or deny it. */
	if (r == 0 && !rule->may_read && !rule->may_write && !rule->may_mknod)
		r = reading_fail(in, -EINVAL, "access: missing");
	return r;
}

/* --- memory, cpu, pids -------------------------------------------------------------------- */

#define LIMIT(name, field) \
	MEMBER(name, struct spec_resources, field), .read = member_number, .max = INT64_MAX

/* Callers that have nothing to say about it write -1, also as an unsigned number. */
static int member_swappiness(const struct member *m, struct json_walk *value,
			     struct reading *in, void *field)
{
	static const struct member any = { .min = -1, .max = UINT64_MAX };
	struct spec_number *number = field;
	int r = member_number(&any, value, in, number);

	if (r < 0)
		return r;
	if (number->value == -1)
		*number = (struct spec_number){ 0 };
	else if (number->value < m->min || number->value > (int64_t)m->max)
		return reading_fail(in, -ERANGE, ": %lld is not in %lld .. %llu",
				    (long long)number->value, (long long)m->min,
				    (unsigned long long)m->max);
	return 0;
}

static int member_switch(const struct member *m, struct json_walk *value, struct reading *in,
			 void *field)
{
	bool is_on = false;
	int r = member_bool(m, value, in, &is_on);

	if (r == 0)
		*(struct spec_number *)field =
			(struct spec_number){ .is_set = true, .value = is_on };
	return r;
}

/* Linux has had no limit of its own for kernel memory since 5.16. */
static void memory_warn(const struct spec_resources *resources, const struct reading *in)
{
	if (resources->memory_kernel.value > 0)
		reading_warn(in, "resources.memory.kernel: ignored, it has no effect on Linux");
	if (resources->memory_kernel_tcp.value > 0)
		reading_warn(in,
			     "resources.memory.kernelTCP: ignored, it has no effect on Linux");
}

static int read_memory(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ LIMIT("limit", memory_limit), .min = -1 },
		{ LIMIT("reservation", memory_reservation), .min = -1 },
		{ LIMIT("swap", memory_swap), .min = -1 },
		{ LIMIT("kernel", memory_kernel), .min = -1 },
		{ LIMIT("kernelTCP", memory_kernel_tcp), .min = -1 },
		{ MEMBER("swappiness", struct spec_resources, memory_swappiness),
		  .read = member_swappiness, .max = 100 },
		{ MEMBER("disableOOMKiller", struct spec_resources, disable_oom_killer),
		  .read = member_switch },
		{ MEMBER("checkBeforeUpdate", struct spec_resources, is_memory_checked),
		  .read = member_bool },
		{ 0 }, /* useHierarchy: always so since Linux 5.11 */
	};
	int r = members_read(members, value, in, ret);

	if (r == 0)
		memory_warn(ret, in);
	return r;
}

static int read_cpu(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ LIMIT("shares", cpu_shares) },
		{ LIMIT("quota", cpu_quota), .min = -1 },
		{ LIMIT("period", cpu_period) },
		{ LIMIT("burst", cpu_burst) },
		{ LIMIT("realtimeRuntime", cpu_rt_runtime), .min = -1 },
		{ LIMIT("realtimePeriod", cpu_rt_period) },
		{ MEMBER("idle", struct spec_resources, cpu_idle), .read = member_number,
		  .max = 1 },
		{ MEMBER("cpus", struct spec_resources, cpus), .read = member_text },
		{ MEMBER("mems", struct spec_resources, mems), .read = member_text },
		{ 0 },
	};
	const struct spec_resources *resources = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0 && resources->cpu_quota.value > 0 &&
	    resources->cpu_burst.value > resources->cpu_quota.value)
		r = reading_fail(in, -EINVAL, "burst: larger than the quota");
	return r;
}

static int read_pids(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ LIMIT("limit", pids_limit), .min = -1 },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

/* --- hugepages, network, rdma ------------------------------------------------------------- */

/* "2MB", as in the name of the control file; it becomes a part of one. */
static bool is_page_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits < 10 && text[digits] != '\0' &&
	       strchr("KMGTP", text[digits]) && strcmp(text + digits + 1, "B") == 0;
}

static int read_hugepage(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("pageSize", struct spec_hugepage_limit, page_size),
		  .read = member_text },
		{ MEMBER("limit", struct spec_hugepage_limit, limit), .read = member_integer,
		  .max = UINT64_MAX },
		{ 0 },
	};
	const struct spec_hugepage_limit *limit = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0)
		r = spec_check_present(in, "pageSize", limit->page_size);
	if (r == 0 && !is_page_size(limit->page_size))
		r = reading_fail(in, -EINVAL,
				 "pageSize: \"%.64s\" is not like 64KB, 2MB or 1GB",
				 limit->page_size);
	return r;
}

static int read_network_priority(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("name", struct spec_network_priority, name), .read = member_text },
		{ MEMBER("priority", struct spec_network_priority, priority),
		  .read = member_integer, .max = UINT32_MAX },
		{ 0 },
	};
	const struct spec_network_priority *priority = ret;
	int r = members_read(members, value, in, ret);

	return r < 0 ? r : spec_check_interface(in, "name", priority->name);
}

static int read_network(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("classID", struct spec_resources, network_class_id),
		  .read = member_number, .max = UINT32_MAX },
		{ MEMBER_ARRAY("priorities", struct spec_resources, network_priorities,
			       network_priority_count, read_network_priority, PRIORITIES_MAX) },
		{ 0 },
	};

	return members_read(members, value, in, ret);
}

static int read_rdma_device(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER("hcaHandles", struct spec_rdma_limit, handles), .read = member_integer,
		  .max = UINT32_MAX, MEMBER_FLAG(struct spec_rdma_limit, has_handles) },
		{ MEMBER("hcaObjects", struct spec_rdma_limit, objects), .read = member_integer,
		  .max = UINT32_MAX, MEMBER_FLAG(struct spec_rdma_limit, has_objects) },
		{ 0 },
	};
	const struct spec_rdma_limit *limit = ret;
	int r = members_read(members, value, in, ret);

	if (r == 0 && strpbrk(limit->name, " \t\n"))
		r = reading_fail(in, -EINVAL, ": not the name of a device");
	if (r == 0 && !limit->has_handles && !limit->has_objects)
		r = reading_fail(in, -EINVAL, ": neither hcaHandles nor hcaObjects");
	return r;
}

/* A key is the name of a file in the cgroup's directory, and nothing outside of it. */
static int unified_check(const struct spec_resources *resources, const struct reading *in)
{
	for (size_t i = 0; i < resources->unified.count; i++) {
		const char *item = resources->unified.items[i];
		size_t len = strcspn(item, "=");

		if (memchr(item, '/', len) || !memchr(item, '.', len) || item[0] == '.')
			return reading_fail(
				in, -EINVAL,
				"unified: \"%.*s\" is not the name of a control file",
				(int)(len > 64 ? 64 : len), item);
	}
	return 0;
}

/* --- all of them -------------------------------------------------------------------------- */

int spec_read_resources(struct json_walk *value, struct reading *in, void *ret)
{
	static const struct member members[] = {
		{ MEMBER_ARRAY("devices", struct spec_resources, devices, device_count,
			       read_device_rule, RULES_MAX) },
		{ MEMBER_INLINE("memory", read_memory) },
		{ MEMBER_INLINE("cpu", read_cpu) },
		{ MEMBER_INLINE("pids", read_pids) },
		{ MEMBER_INLINE("blockIO", spec_read_block_io) },
		{ MEMBER_ARRAY("hugepageLimits", struct spec_resources, hugepages,
			       hugepage_count, read_hugepage, HUGEPAGES_MAX) },
		{ MEMBER_INLINE("network", read_network) },
		{ MEMBER_NAMED("rdma", struct spec_resources, rdma, rdma_count,
			       struct spec_rdma_limit, name, read_rdma_device,
			       PRIORITIES_MAX) },
		{ MEMBER("unified", struct spec_resources, unified), .read = member_map },
		{ 0 },
	};
	int r = members_read(members, value, in, ret);

	return r < 0 ? r : unified_check(ret, in);
}
