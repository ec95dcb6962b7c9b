/*
 * What a container may use: cgroup limits, devices, rlimits, sysctls.
 *
 * Runs in: cli (engine).
 * See: container_spec.h; Docker Engine API, HostConfig "Resources".
 */
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/container_spec.h"

enum { CPU_PERIOD_US = 100000, NANO = 1000000000 };

#define ANY (-1)

static const struct spec_device_rule docker_device_rules[] = {
	{ false, 'a', ANY, ANY, true, true, true },
	/* mknod of what may not be opened harms nobody; runc allows it */
	{ true, 'c', ANY, ANY, false, false, true },
	{ true, 'b', ANY, ANY, false, false, true },
	{ true, 'c', 1, 3, true, true, true },	   /* null */
	{ true, 'c', 1, 5, true, true, true },	   /* zero */
	{ true, 'c', 1, 7, true, true, true },	   /* full */
	{ true, 'c', 1, 8, true, true, true },	   /* random */
	{ true, 'c', 1, 9, true, true, true },	   /* urandom */
	{ true, 'c', 5, 0, true, true, true },	   /* tty */
	{ true, 'c', 5, 1, true, true, true },	   /* console */
	{ true, 'c', 5, 2, true, true, true },	   /* ptmx */
	{ true, 'c', 136, ANY, true, true, true }, /* pts */
};

enum { DOCKER_RULES = sizeof(docker_device_rules) / sizeof(docker_device_rules[0]) };

static void set_number(struct spec_number *number, int64_t value)
{
	if (value == 0)
		return;
	number->is_set = true;
	number->value = value;
}

static int fill_devices(const struct container_config *config,
			const struct container_facts *facts, struct spec *spec)
{
	struct spec_resources *r = &spec->resources;

	r->devices = arena_array(spec->arena, DOCKER_RULES + facts->device_count,
				 sizeof(r->devices[0]));
	spec->devices =
		arena_array(spec->arena, facts->device_count + 1, sizeof(spec->devices[0]));
	if (!r->devices || !spec->devices)
		return -ENOMEM;
	for (size_t i = 0; i < facts->device_count; i++) {
		const struct device_fact *d = &facts->devices[i];

		spec->devices[spec->device_count++] = (struct spec_device){
			.path = d->path,
			.type = d->type,
			.major = d->major,
			.minor = d->minor,
			.has_mode = true,
			.mode = d->mode,
			.uid = d->uid,
			.gid = d->gid,
		};
	}
	if (config->is_privileged) {
		r->devices[r->device_count++] =
			(struct spec_device_rule){ true, 'a', ANY, ANY, true, true, true };
		return 0;
	}
	for (size_t i = 0; i < DOCKER_RULES; i++)
		r->devices[r->device_count++] = docker_device_rules[i];
	for (size_t i = 0; i < facts->device_count; i++) {
		const struct device_fact *d = &facts->devices[i];

		r->devices[r->device_count++] = (struct spec_device_rule){
			true,
			d->type == S_IFBLK ? 'b' : 'c',
			d->major,
			d->minor,
			strchr(d->permissions, 'r') != NULL,
			strchr(d->permissions, 'w') != NULL,
			strchr(d->permissions, 'm') != NULL,
		};
	}
	return 0;
}

/* -m without --memory-swap gives as much swap again, as docker does. */
static void fill_memory(const struct container_config *config, struct spec_resources *r)
{
	set_number(&r->memory_limit, config->memory);
	set_number(&r->memory_reservation, config->memory_reservation);
	if (config->memory_swap != 0)
		set_number(&r->memory_swap, config->memory_swap);
	else if (config->memory > 0 && config->memory <= INT64_MAX / 2)
		set_number(&r->memory_swap, config->memory * 2);
}

static void fill_cpu(const struct container_config *config, struct arena *arena,
		     struct spec_resources *r)
{
	set_number(&r->cpu_shares, config->cpu_shares);
	set_number(&r->cpu_period, config->cpu_period);
	set_number(&r->cpu_quota, config->cpu_quota);
	if (config->nano_cpus > 0) {
		set_number(&r->cpu_period, CPU_PERIOD_US);
		set_number(&r->cpu_quota, config->nano_cpus / (NANO / CPU_PERIOD_US));
	}
	r->cpus = str_is_empty(config->cpuset_cpus) ? NULL
						    : arena_copy(arena, config->cpuset_cpus);
	r->mems = str_is_empty(config->cpuset_mems) ? NULL
						    : arena_copy(arena, config->cpuset_mems);
}

int container_limits(const struct container_config *config, const struct container_facts *facts,
		     struct spec *spec, struct err *e)
{
	(void)e;
	fill_memory(config, &spec->resources);
	fill_cpu(config, spec->arena, &spec->resources);
	if (config->pids_limit > 0)
		set_number(&spec->resources.pids_limit, config->pids_limit);
	return fill_devices(config, facts, spec);
}

struct rlimit_name {
	const char *name;
	int resource;
};

static const struct rlimit_name rlimit_names[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

static int rlimit_find(const char *name)
{
	for (size_t i = 0; i < sizeof(rlimit_names) / sizeof(rlimit_names[0]); i++)
		if (strcmp(rlimit_names[i].name, name) == 0)
			return rlimit_names[i].resource;
	return -EINVAL;
}

int container_rlimits(const struct container_config *config, struct spec_process *process,
		      struct arena *arena, struct err *e)
{
	process->rlimits =
		arena_array(arena, config->ulimit_count + 1, sizeof(process->rlimits[0]));
	if (!process->rlimits)
		return -ENOMEM;
	for (size_t i = 0; i < config->ulimit_count; i++) {
		const struct ulimit_request *u = &config->ulimits[i];
		int resource = rlimit_find(u->name);

		if (resource < 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid ulimit type: %s",
				       u->name);
		process->rlimits[process->rlimit_count++] = (struct spec_rlimit){
			resource,
			u->soft < 0 ? RLIM_INFINITY : (uint64_t)u->soft,
			u->hard < 0 ? RLIM_INFINITY : (uint64_t)u->hard,
		};
	}
	return 0;
}

static bool is_ipc_sysctl(const char *item)
{
	static const char *const names[] = {
		"kernel.msgmax=", "kernel.msgmnb=",	     "kernel.msgmni=",
		"kernel.sem=",	  "kernel.shmall=",	     "kernel.shmmax=",
		"kernel.shmmni=", "kernel.shm_rmid_forced=", "fs.mqueue."
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_starts(item, names[i]))
			return true;
	return false;
}

/* Only what belongs to a namespace of the container's own: anything else would be the host's.
 */
static int sysctl_check(const struct container_config *config, const char *item, struct err *e)
{
	bool has_own_ipc =
		!mode_is(config->ipc_mode, "host") && !mode_container(config->ipc_mode);
	bool has_own_network =
		!mode_is(config->network_mode, "host") && !mode_container(config->network_mode);
	int name_len = (int)strcspn(item, "=");

	if (item[name_len] == '\0' || strpbrk(item, "\n/") || strstr(item, ".."))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "sysctl '%s' is not of the form name=value", item);
	if (str_starts(item, "net."))
		return has_own_network
			       ? 0
			       : err_set(e, ERR_INVALID, -EINVAL,
					 "sysctl '%.*s' not allowed in host network namespace",
					 name_len, item);
	if (is_ipc_sysctl(item))
		return has_own_ipc ? 0
				   : err_set(e, ERR_INVALID, -EINVAL,
					     "sysctl '%.*s' not allowed in host ipc namespace",
					     name_len, item);
	return err_set(e, ERR_INVALID, -EINVAL, "sysctl '%.*s' is not whitelisted", name_len,
		       item);
}

/* The last group of those that follow 0 without a gap. */
static uint32_t group_last(const struct spec *spec)
{
	const struct spec_id_mappings *groups = &spec->gid_mappings;

	for (size_t i = 0; i < groups->count; i++)
		if (groups->items[i].container_id == 0)
			return groups->items[i].size - 1;
	return SPEC_UID_MAX;
}

int container_sysctls(const struct container_config *config, struct spec *spec, struct err *e)
{
	bool has_own_network =
		!mode_is(config->network_mode, "host") && !mode_container(config->network_mode);

	if (has_own_network) {
		strv_add(&spec->sysctls, spec->arena, "net.ipv4.ip_unprivileged_port_start=0");
		strv_add_borrowed(&spec->sysctls, spec->arena,
				  arena_printf(spec->arena, "net.ipv4.ping_group_range=0 %u",
					       group_last(spec)));
	}
	for (size_t i = 0; i < config->sysctls.count; i++) {
		int r = sysctl_check(config, config->sysctls.items[i], e);

		if (r < 0)
			return r;
		strv_env_set(&spec->sysctls, spec->arena, config->sysctls.items[i]);
	}
	return 0;
}
