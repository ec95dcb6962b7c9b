/*
 * Limits: memory, CPU, processes, ulimits, as flags. What cgroups would refuse later is refused
 * here by the flag's name.
 *
 * Runs in: cli.
 * See: moby daemon/daemon_unix.go verifyPlatformContainerResources.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "cli/run_options.h"
#include "format/size.h"

enum {
	MEMORY_MIN = 512 * 1024, /* docker's 6 MiB is what runc needs to start */
	CPU_PERIOD_MIN = 1000,
	CPU_PERIOD_MAX = 1000000,
	CPUS_MAX = 8192,    /* CONFIG_NR_CPUS of the largest kernels */
	PIDS_MAX = 4194304, /* PID_MAX_LIMIT */
	ULIMITS_MAX = 16,
	CPU_LIST_FILE_MAX = 4096
};

static struct container_config *resource_config(void *values)
{
	return &((struct run_options *)values)->config;
}

/* --- memory ------------------------------------------------------------------------------ */

static int memory_set(const char *value, const char *what, int64_t *field, struct err *e)
{
	int64_t bytes;
	int r = option_parse_size(value, &bytes, e);

	if (r < 0)
		return r;
	if (bytes != 0 && bytes < MEMORY_MIN)
		return err_set(e, ERR_INVALID, -EINVAL, "Minimum memory %s allowed is 512kB",
			       what);
	*field = bytes;
	return 0;
}

int options_set_memory(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return memory_set(value, "limit", &resource_config(values)->memory, e);
}

int options_set_memory_reservation(void *values, struct arena *arena, const char *value,
				   struct err *e)
{
	(void)arena;
	return memory_set(value, "reservation", &resource_config(values)->memory_reservation,
			  e);
}

int options_set_memory_swap(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	if (strcmp(value, "-1") == 0) {
		resource_config(values)->memory_swap = -1;
		return 0;
	}
	return memory_set(value, "and swap limit", &resource_config(values)->memory_swap, e);
}

int options_set_shm_size(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return option_parse_size(value, &resource_config(values)->shm_size, e);
}

/* --- CPUs -------------------------------------------------------------------------------- */

static int cpu_set_range(const char *value, int64_t min, int64_t max, const char *otherwise,
			 int64_t *field, struct err *e)
{
	int64_t number;
	int r = option_parse_int(value, &number, e);

	if (r < 0)
		return r;
	if (number != 0 && (number < min || number > max))
		return err_set(e, ERR_INVALID, -ERANGE, "%s", otherwise);
	*field = number;
	return 0;
}

int options_set_cpus(void *values, struct arena *arena, const char *value, struct err *e)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t nano;
	int r = value[0] == '-' ? -ERANGE : nano_parse(value, &nano);

	(void)arena;
	if (r == -EINVAL)
		return err_set(e, ERR_INVALID, r, "failed to parse %s as a rational number",
			       value);
	if (count < 1)
		count = 1;
	if (r < 0 || (nano != 0 && (nano < 10000000 || nano > count * 1000000000L)))
		return err_set(e, ERR_INVALID, -ERANGE,
			       "range of CPUs is from 0.01 to %ld.00, as there are only %ld "
			       "CPUs available",
			       count, count);
	resource_config(values)->nano_cpus = nano;
	return 0;
}

int options_set_cpu_shares(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return cpu_set_range(value, 1, INT32_MAX, "CPU shares are a positive number",
			     &resource_config(values)->cpu_shares, e);
}

int options_set_cpu_period(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return cpu_set_range(value, CPU_PERIOD_MIN, CPU_PERIOD_MAX,
			     "CPU cfs period can not be less than 1ms (i.e. 1000) or larger "
			     "than 1s (i.e. 1000000)",
			     &resource_config(values)->cpu_period, e);
}

int options_set_cpu_quota(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	if (strcmp(value, "-1") == 0) {
		resource_config(values)->cpu_quota = -1;
		return 0;
	}
	/* The kernel's largest is 2^44 nanoseconds. */
	return cpu_set_range(value, CPU_PERIOD_MIN, 17592186044,
			     "CPU cfs quota can not be less than 1ms (i.e. 1000)",
			     &resource_config(values)->cpu_quota, e);
}

/* Set the bits of "0-2,4" in `set`. Returns 0, -EINVAL, or -ERANGE for a number that no machine
 * has. */
static int cpu_list_parse(const char *list, bool set[CPUS_MAX])
{
	const char *c = list;

	for (;;) {
		size_t first = 0;
		size_t last = 0;
		size_t *number = &first;
		size_t digits = 0;

		for (; *c && *c != ','; c++) {
			if (*c == '-' && number == &first && digits > 0) {
				number = &last;
				digits = 0;
				continue;
			}
			if (*c < '0' || *c > '9')
				return -EINVAL;
			*number = *number * 10 + (size_t)(*c - '0');
			if (*number >= CPUS_MAX)
				return -ERANGE;
			digits++;
		}
		if (number == &first)
			last = first;
		if (digits == 0 || last < first)
			return -EINVAL;
		memset(set + first, true, last - first + 1);
		if (!*c++)
			return 0;
	}
}

/*
 * Is everything that `value` asks for in the list that the kernel gives in `path`? Without such
 * a file (no NUMA) there is only 0.
 */
static int cpu_list_check(const char *value, const char *what, const char *path, struct err *e)
{
	AUTO_FREE char *text = NULL;
	bool wanted[CPUS_MAX] = { false };
	bool there[CPUS_MAX] = { false };
	const char *available = "0";
	int r = cpu_list_parse(value, wanted);

	if (r == -EINVAL)
		return err_set(e, ERR_INVALID, r, "Invalid value %s for cpuset %s", value,
			       what);
	if (file_read(AT_FDCWD, path, CPU_LIST_FILE_MAX, &text, NULL) == 0) {
		text[strcspn(text, "\n")] = '\0';
		available = text;
	}
	if (cpu_list_parse(available, there) < 0)
		return 0;
	for (size_t i = 0; r == 0 && i < CPUS_MAX; i++) {
		if (wanted[i] && !there[i])
			r = -ERANGE;
	}
	if (r < 0)
		return err_set(e, ERR_INVALID, r,
			       "Requested %s are not available - requested %s, available: %s",
			       what, value, available);
	return 0;
}

int options_set_cpuset_cpus(void *values, struct arena *arena, const char *value, struct err *e)
{
	int r = value[0] == '\0'
			? 0
			: cpu_list_check(value, "CPUs", "/sys/devices/system/cpu/online", e);

	if (r < 0)
		return r;
	resource_config(values)->cpuset_cpus =
		value[0] == '\0' ? NULL : arena_copy(arena, value);
	return arena_ok(arena);
}

int options_set_cpuset_mems(void *values, struct arena *arena, const char *value, struct err *e)
{
	int r = value[0] == '\0' ? 0
				 : cpu_list_check(value, "memory nodes",
						  "/sys/devices/system/node/online", e);

	if (r < 0)
		return r;
	resource_config(values)->cpuset_mems =
		value[0] == '\0' ? NULL : arena_copy(arena, value);
	return arena_ok(arena);
}

/* --- processes --------------------------------------------------------------------------- */

int options_set_pids_limit(void *values, struct arena *arena, const char *value, struct err *e)
{
	int64_t limit;
	int r = option_parse_int(value, &limit, e);

	(void)arena;
	if (r < 0)
		return r;
	if (limit < -1 || limit > PIDS_MAX)
		return err_set(e, ERR_INVALID, -ERANGE,
			       "range is from 1 to %d, or -1 for unlimited", PIDS_MAX);
	resource_config(values)->pids_limit = limit;
	return 0;
}

int options_set_oom_score_adj(void *values, struct arena *arena, const char *value,
			      struct err *e)
{
	int64_t score;
	int r = option_parse_int(value, &score, e);

	(void)arena;
	if (r < 0)
		return r;
	if (score < -1000 || score > 1000)
		return err_set(e, ERR_INVALID, -ERANGE,
			       "Invalid value %lld, range for oom score adj is [-1000, 1000]",
			       (long long)score);
	resource_config(values)->oom_score_adj = (int)score;
	return 0;
}

static bool ulimit_is_known(const char *name)
{
	static const char *const names[] = { "core",   "cpu",	     "data",	 "fsize",
					     "locks",  "memlock",    "msgqueue", "nice",
					     "nofile", "nproc",	     "rss",	 "rtprio",
					     "rttime", "sigpending", "stack" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* SOFT[:HARD] */
static int ulimit_values(char *text, struct ulimit_request *limit, struct err *e)
{
	char *hard = strchr(text, ':');
	int r;

	if (hard)
		*hard++ = '\0';
	r = parse_i64(text, -1, INT64_MAX, &limit->soft);
	if (r == 0)
		r = parse_i64(hard ? hard : text, -1, INT64_MAX, &limit->hard);
	if (r < 0)
		return err_set(e, ERR_INVALID, r,
			       "limits are numbers from 0, or -1 for unlimited: soft[:hard]");
	if (limit->hard != -1 && (limit->soft == -1 || limit->soft > limit->hard))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "ulimit soft limit must be less than or equal to hard limit: "
			       "%lld > %lld",
			       (long long)limit->soft, (long long)limit->hard);
	return 0;
}

/* The last one of a name counts. */
static int ulimit_put(struct container_config *config, struct arena *arena,
		      const struct ulimit_request *limit)
{
	if (!config->ulimits)
		config->ulimits = arena_array(arena, ULIMITS_MAX, sizeof(*config->ulimits));
	if (!config->ulimits)
		return -ENOMEM;
	for (size_t i = 0; i < config->ulimit_count; i++) {
		if (strcmp(config->ulimits[i].name, limit->name) == 0) {
			config->ulimits[i] = *limit;
			return 0;
		}
	}
	if (config->ulimit_count == ULIMITS_MAX)
		return -E2BIG;
	config->ulimits[config->ulimit_count++] = *limit;
	return 0;
}

int options_set_ulimit(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct ulimit_request limit = { .name = arena_copy(arena, value) };
	char *equals;
	int r;

	if (!limit.name)
		return -ENOMEM;
	equals = strchr(limit.name, '=');
	if (!equals)
		return err_set(e, ERR_INVALID, -EINVAL, "invalid ulimit argument: %s", value);
	*equals = '\0';
	if (!ulimit_is_known(limit.name))
		return err_set(e, ERR_INVALID, -EINVAL, "invalid ulimit type: %s", limit.name);
	r = ulimit_values(equals + 1, &limit, e);
	return r < 0 ? r : ulimit_put(resource_config(values), arena, &limit);
}

/* --- what they say about each other ------------------------------------------------------ */

static int resource_conflict(struct err *e, const char *sentence)
{
	return err_set(e, ERR_INVALID, -EINVAL, "%s", sentence);
}

int options_check_resources(const struct container_config *config, struct err *e)
{
	if (config->memory_swap > 0 && config->memory == 0)
		return resource_conflict(e, "--memory-swap: You should always set the Memory "
					    "limit when using Memoryswap limit,"
					    " see usage");
	if (config->memory_swap > 0 && config->memory_swap < config->memory)
		return resource_conflict(e, "--memory-swap: Minimum memoryswap limit should be "
					    "larger than memory limit, see"
					    " usage");
	if (config->memory_reservation > 0 && config->memory > 0 &&
	    config->memory < config->memory_reservation)
		return resource_conflict(e, "--memory-reservation: Minimum memory limit can "
					    "not be less than memory reservation"
					    " limit, see usage");
	if (config->nano_cpus > 0 && config->cpu_period != 0)
		return resource_conflict(
			e, "Conflicting options: --cpus and --cpu-period cannot both be set");
	if (config->nano_cpus > 0 && config->cpu_quota != 0)
		return resource_conflict(
			e, "Conflicting options: --cpus and --cpu-quota cannot both be set");
	return 0;
}
