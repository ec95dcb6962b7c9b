/*
 * The way back from Docker's Config and HostConfig to a struct container_config: see
 * container_config.h.
 *
 * Runs in: cli (engine).
 */
#include <limits.h>
#include <string.h>

#include "format/json.h"
#include "format/size.h"
#include "spec/container_config.h"

enum { MOUNTS_MAX = 1024, DEVICES_MAX = 1024, ULIMITS_MAX = 64 };

static const char host_path[] = "HostConfig";

struct reading {
	struct arena *arena;
	struct container_config *config;
	struct err *e;
};

static bool has_member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	return o && json_object_object_get_ex(o, key, &value) && value;
}

static int get_int(struct json_object *o, const char *path, const char *key, int64_t min,
		   int *ret, struct err *e)
{
	int64_t value = *ret;
	int r = json_get_i64(o, path, key, min, INT_MAX, &value, e);

	*ret = (int)value;
	return r;
}

/* For members that are NULL when nothing was said. */
static void empty_to_null(char **text)
{
	if (*text && (*text)[0] == '\0')
		*text = NULL;
}

static int read_config(struct json_object *o, struct reading *in)
{
	static const char path[] = "Config";
	struct container_config *c = in->config;
	struct arena *arena = in->arena;
	struct err *e = in->e;
	int r;

	if ((r = json_get_string(o, path, "Hostname", arena, &c->hostname, e)) < 0 ||
	    (r = json_get_string(o, path, "Domainname", arena, &c->domainname, e)) < 0 ||
	    (r = json_get_string(o, path, "User", arena, &c->user, e)) < 0 ||
	    (r = json_get_bool(o, path, "AttachStdin", &c->attach_stdin, e)) < 0 ||
	    (r = json_get_bool(o, path, "AttachStdout", &c->attach_stdout, e)) < 0 ||
	    (r = json_get_bool(o, path, "AttachStderr", &c->attach_stderr, e)) < 0 ||
	    (r = json_get_set(o, path, "ExposedPorts", arena, &c->exposed_ports, e)) < 0 ||
	    (r = json_get_bool(o, path, "Tty", &c->is_tty, e)) < 0 ||
	    (r = json_get_bool(o, path, "OpenStdin", &c->open_stdin, e)) < 0 ||
	    (r = json_get_bool(o, path, "StdinOnce", &c->stdin_once, e)) < 0 ||
	    (r = json_get_strings(o, path, "Env", arena, &c->env, e)) < 0 ||
	    (r = json_get_strings(o, path, "Cmd", arena, &c->cmd, e)) < 0 ||
	    (r = json_get_string(o, path, "Image", arena, &c->image, e)) < 0 ||
	    (r = json_get_string(o, path, "WorkingDir", arena, &c->working_dir, e)) < 0 ||
	    (r = json_get_strings(o, path, "Entrypoint", arena, &c->entrypoint, e)) < 0 ||
	    (r = json_get_map(o, path, "Labels", arena, &c->labels, e)) < 0 ||
	    (r = json_get_string(o, path, "StopSignal", arena, &c->stop_signal, e)) < 0 ||
	    (r = get_int(o, path, "StopTimeout", -1, &c->stop_timeout, e)) < 0)
		return r;
	c->has_cmd = has_member(o, "Cmd");
	c->has_entrypoint = has_member(o, "Entrypoint");
	empty_to_null(&c->hostname);
	empty_to_null(&c->domainname);
	empty_to_null(&c->user);
	empty_to_null(&c->working_dir);
	empty_to_null(&c->stop_signal);
	return 0;
}

/* As podman has them; docker knows none. */
static int read_id_mappings(struct json_object *o, struct reading *in)
{
	static const char *const path = "HostConfig.IDMappings";
	struct container_config *c = in->config;
	struct json_object *maps = NULL;
	int r = json_get_object(o, host_path, "IDMappings", &maps, in->e);

	if (r == 0 && maps)
		r = json_get_strings(maps, path, "UidMap", in->arena, &c->uid_map, in->e);
	if (r == 0 && maps)
		r = json_get_strings(maps, path, "GidMap", in->arena, &c->gid_map, in->e);
	return r;
}

static int read_isolation(struct json_object *o, struct reading *in)
{
	struct container_config *c = in->config;
	struct arena *arena = in->arena;
	struct err *e = in->e;
	int r;

	if ((r = json_get_string(o, host_path, "NetworkMode", arena, &c->network_mode, e)) <
		    0 ||
	    (r = json_get_string(o, host_path, "PidMode", arena, &c->pid_mode, e)) < 0 ||
	    (r = json_get_string(o, host_path, "IpcMode", arena, &c->ipc_mode, e)) < 0 ||
	    (r = json_get_string(o, host_path, "UTSMode", arena, &c->uts_mode, e)) < 0 ||
	    (r = json_get_string(o, host_path, "CgroupnsMode", arena, &c->cgroupns_mode, e)) <
		    0 ||
	    (r = json_get_string(o, host_path, "UsernsMode", arena, &c->userns_mode, e)) < 0 ||
	    (r = read_id_mappings(o, in)) < 0 ||
	    (r = json_get_bool(o, host_path, "Privileged", &c->is_privileged, e)) < 0 ||
	    (r = json_get_bool(o, host_path, "PublishAllPorts", &c->is_publish_all, e)) < 0 ||
	    (r = json_get_bool(o, host_path, "ReadonlyRootfs", &c->is_rootfs_readonly, e)) <
		    0 ||
	    (r = json_get_bool(o, host_path, "Init", &c->is_init, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "CapAdd", arena, &c->cap_add, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "CapDrop", arena, &c->cap_drop, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "SecurityOpt", arena, &c->security_opt, e)) <
		    0 ||
	    (r = json_get_strings(o, host_path, "GroupAdd", arena, &c->group_add, e)) < 0 ||
	    (r = json_get_map(o, host_path, "Sysctls", arena, &c->sysctls, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "ExtraHosts", arena, &c->extra_hosts, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "Dns", arena, &c->dns, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "DnsSearch", arena, &c->dns_search, e)) < 0 ||
	    (r = json_get_strings(o, host_path, "DnsOptions", arena, &c->dns_options, e)) < 0)
		return r;
	c->has_init = has_member(o, "Init");
	if (str_equal(c->network_mode, "default"))
		c->network_mode = NULL;
	return 0;
}

static int read_resources(struct json_object *o, struct reading *in)
{
	struct container_config *c = in->config;
	struct err *e = in->e;
	int r;

	if ((r = json_get_i64(o, host_path, "ShmSize", 0, INT64_MAX, &c->shm_size, e)) < 0 ||
	    (r = json_get_i64(o, host_path, "Memory", 0, INT64_MAX, &c->memory, e)) < 0 ||
	    (r = json_get_i64(o, host_path, "MemorySwap", -1, INT64_MAX, &c->memory_swap, e)) <
		    0 ||
	    (r = json_get_i64(o, host_path, "MemoryReservation", 0, INT64_MAX,
			      &c->memory_reservation, e)) < 0 ||
	    (r = json_get_i64(o, host_path, "NanoCpus", 0, INT64_MAX, &c->nano_cpus, e)) < 0 ||
	    (r = json_get_i64(o, host_path, "CpuShares", 0, INT64_MAX, &c->cpu_shares, e)) <
		    0 ||
	    (r = json_get_i64(o, host_path, "CpuPeriod", 0, INT64_MAX, &c->cpu_period, e)) <
		    0 ||
	    (r = json_get_i64(o, host_path, "CpuQuota", -1, INT64_MAX, &c->cpu_quota, e)) < 0 ||
	    (r = json_get_string(o, host_path, "CpusetCpus", in->arena, &c->cpuset_cpus, e)) <
		    0 ||
	    (r = json_get_string(o, host_path, "CpusetMems", in->arena, &c->cpuset_mems, e)) <
		    0 ||
	    (r = json_get_i64(o, host_path, "PidsLimit", -1, INT64_MAX, &c->pids_limit, e)) <
		    0 ||
	    (r = get_int(o, host_path, "OomScoreAdj", -1000, &c->oom_score_adj, e)) < 0 ||
	    (r = json_get_bool(o, host_path, "AutoRemove", &c->auto_remove, e)) < 0 ||
	    (r = json_get_string(o, host_path, "ContainerIDFile", in->arena, &c->cidfile, e)) <
		    0)
		return r;
	empty_to_null(&c->cpuset_cpus);
	empty_to_null(&c->cpuset_mems);
	empty_to_null(&c->cidfile);
	return 0;
}

static int read_restart(struct json_object *o, struct reading *in)
{
	struct restart_policy *restart = &in->config->restart;
	struct json_object *policy;
	int r = json_get_object(o, host_path, "RestartPolicy", &policy, in->e);

	if (r == 0)
		r = json_get_string(policy, "HostConfig.RestartPolicy", "Name", in->arena,
				    &restart->name, in->e);
	if (r == 0)
		r = get_int(policy, "HostConfig.RestartPolicy", "MaximumRetryCount", 0,
			    &restart->maximum_retries, in->e);
	return r;
}

static int read_log(struct json_object *o, struct reading *in)
{
	static const char path[] = "HostConfig.LogConfig.Config";
	struct json_object *log;
	struct json_object *options = NULL;
	char *size = NULL;
	char *files = NULL;
	int64_t bytes = 0;
	uint64_t count = 0;
	int r = json_get_object(o, host_path, "LogConfig", &log, in->e);

	if (r == 0)
		r = json_get_object(log, "HostConfig.LogConfig", "Config", &options, in->e);
	if (r == 0)
		r = json_get_string(options, path, "max-size", in->arena, &size, in->e);
	if (r == 0)
		r = json_get_string(options, path, "max-file", in->arena, &files, in->e);
	if (r < 0)
		return r;
	if (size && size_parse(size, &bytes) < 0)
		return err_set(in->e, ERR_INVALID, -EINVAL, "%s.max-size: \"%s\" is no size",
			       path, size);
	if (files && parse_u64(files, 1, UINT32_MAX, &count) < 0)
		return err_set(in->e, ERR_INVALID, -EINVAL,
			       "%s.max-file: \"%s\" is no number of files", path, files);
	in->config->log_max_bytes = (uint64_t)bytes;
	in->config->log_max_files = (uint32_t)count;
	return 0;
}

/* The items of an array, each of which must be an object, one by one into `read`. */
static int read_items(struct json_object *array, const char *path, struct reading *in,
		      int (*read)(struct json_object *item, size_t index, struct reading *in))
{
	size_t count = array ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);
		int r;

		if (!json_object_is_type(item, json_type_object))
			return err_set(in->e, ERR_INVALID, -EINVAL,
				       "%s: expected an array of objects", path);
		r = read(item, i, in);
		if (r < 0)
			return r;
	}
	return 0;
}

static int no_memory(struct reading *in)
{
	return err_set(in->e, ERR_INTERNAL, -ENOMEM,
		       "read a container's configuration: out of memory");
}

static int read_device(struct json_object *o, size_t index, struct reading *in)
{
	static const char path[] = "HostConfig.Devices";
	struct device_request *device = &in->config->devices[index];
	int r = json_get_string(o, path, "PathOnHost", in->arena, &device->host_path, in->e);

	if (r == 0)
		r = json_get_string(o, path, "PathInContainer", in->arena, &device->path,
				    in->e);
	if (r == 0)
		r = json_get_string(o, path, "CgroupPermissions", in->arena,
				    &device->permissions, in->e);
	if (r == 0 && (!device->host_path || !device->path || !device->permissions))
		return err_set(in->e, ERR_INVALID, -EINVAL, "%s: a member is missing", path);
	return r;
}

static int read_devices(struct json_object *o, struct reading *in)
{
	struct json_object *array;
	int r = json_get_array(o, host_path, "Devices", DEVICES_MAX, &array, in->e);

	if (r < 0 || !array)
		return r;
	in->config->device_count = json_object_array_length(array);
	in->config->devices =
		arena_array(in->arena, in->config->device_count, sizeof(*in->config->devices));
	if (!in->config->devices)
		return no_memory(in);
	return read_items(array, "HostConfig.Devices", in, read_device);
}

static int read_ulimit(struct json_object *o, size_t index, struct reading *in)
{
	static const char path[] = "HostConfig.Ulimits";
	struct ulimit_request *ulimit = &in->config->ulimits[index];
	int r = json_get_string(o, path, "Name", in->arena, &ulimit->name, in->e);

	if (r == 0)
		r = json_get_i64(o, path, "Hard", -1, INT64_MAX, &ulimit->hard, in->e);
	if (r == 0)
		r = json_get_i64(o, path, "Soft", -1, INT64_MAX, &ulimit->soft, in->e);
	if (r == 0 && !ulimit->name)
		return err_set(in->e, ERR_INVALID, -EINVAL, "%s.Name: is missing", path);
	return r;
}

static int read_ulimits(struct json_object *o, struct reading *in)
{
	struct json_object *array;
	int r = json_get_array(o, host_path, "Ulimits", ULIMITS_MAX, &array, in->e);

	if (r < 0 || !array)
		return r;
	in->config->ulimit_count = json_object_array_length(array);
	in->config->ulimits =
		arena_array(in->arena, in->config->ulimit_count, sizeof(*in->config->ulimits));
	if (!in->config->ulimits)
		return no_memory(in);
	return read_items(array, "HostConfig.Ulimits", in, read_ulimit);
}

/* --- what only hoy knows ----------------------------------------------------------------- */

static const char hoy_path[] = "HostConfig.Hoy";
static const char mounts_path[] = "HostConfig.Hoy.Mounts";
static const char networks_path[] = "HostConfig.Hoy.Networks";

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Turn hex into the bytes it stands for, in place. */
static int unhex(char *text, const char *path, struct err *e)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len / 2; i++) {
		int high = hex_value(text[2 * i]);
		int low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0 || high + low == 0)
			return err_set(e, ERR_INVALID, -EINVAL, "%s: invalid hex", path);
		text[i] = (char)(high * 16 + low);
	}
	text[len / 2] = '\0';
	return len % 2 == 0 ? 0 : err_set(e, ERR_INVALID, -EINVAL, "%s: invalid hex", path);
}

/* KEY, or KEYHex for bytes that JSON cannot hold. */
static int get_exact(struct json_object *o, const char *path, const char *key, char **ret,
		     struct reading *in)
{
	char *hex_key = arena_printf(in->arena, "%sHex", key);
	char *hex = NULL;
	int r;

	if (!hex_key)
		return no_memory(in);
	r = json_get_string(o, path, hex_key, in->arena, &hex, in->e);
	if (r < 0 || !hex)
		return r < 0 ? r : json_get_string(o, path, key, in->arena, ret, in->e);
	r = unhex(hex, path, in->e);
	if (r == 0)
		*ret = hex;
	return r;
}

static int get_exact_list(struct json_object *o, const char *key, struct strv *ret,
			  struct reading *in)
{
	struct strv items = { 0 };
	int r = json_get_strings(o, hoy_path, key, in->arena, &items, in->e);

	if (r < 0 || !has_member(o, key))
		return r;
	for (size_t i = 0; i < items.count; i++) {
		r = unhex(items.items[i], hoy_path, in->e);
		if (r < 0)
			return r;
	}
	*ret = items;
	return 0;
}

static int read_mount_kind(struct json_object *o, struct mount_request *mount,
			   struct reading *in)
{
	static const char *const kinds[] = {
		[MOUNT_BIND] = "bind", [MOUNT_VOLUME] = "volume", [MOUNT_TMPFS] = "tmpfs"
	};
	char *type = NULL;
	int r = json_get_string(o, mounts_path, "Type", in->arena, &type, in->e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_equal(type, kinds[i])) {
			mount->kind = (enum mount_kind)i;
			return 0;
		}
	}
	return err_set(in->e, ERR_INVALID, -EINVAL, "%s.Type: expected bind, volume or tmpfs",
		       mounts_path);
}

static int read_mount(struct json_object *o, size_t index, struct reading *in)
{
	struct mount_request *mount = &in->config->mounts[index];
	struct err *e = in->e;
	int r;

	if ((r = read_mount_kind(o, mount, in)) < 0 ||
	    (r = get_exact(o, mounts_path, "Source", &mount->source, in)) < 0 ||
	    (r = get_exact(o, mounts_path, "Target", &mount->destination, in)) < 0 ||
	    (r = json_get_bool(o, mounts_path, "ReadOnly", &mount->is_readonly, e)) < 0 ||
	    (r = json_get_bool(o, mounts_path, "Anonymous", &mount->is_anonymous, e)) < 0 ||
	    (r = json_get_bool(o, mounts_path, "MustExist", &mount->must_exist, e)) < 0 ||
	    (r = json_get_bool(o, mounts_path, "NoCopy", &mount->is_nocopy, e)) < 0 ||
	    (r = json_get_bool(o, mounts_path, "NonRecursive", &mount->is_nonrecursive, e)) <
		    0 ||
	    (r = get_exact(o, mounts_path, "Propagation", &mount->propagation, in)) < 0 ||
	    (r = get_exact(o, mounts_path, "Options", &mount->options, in)) < 0 ||
	    (r = get_exact(o, mounts_path, "Mode", &mount->mode, in)) < 0)
		return r;
	if (!mount->destination)
		return err_set(e, ERR_INVALID, -EINVAL, "%s.Target: is missing", mounts_path);
	if (mount->kind == MOUNT_BIND && !mount->source)
		return err_set(e, ERR_INVALID, -EINVAL, "%s.Source: is missing", mounts_path);
	return 0;
}

static int read_exact_mounts(struct json_object *hoy, struct reading *in)
{
	struct container_config *c = in->config;
	struct json_object *mounts = NULL;
	int r = json_get_array(hoy, hoy_path, "Mounts", MOUNTS_MAX, &mounts, in->e);

	if (r < 0)
		return r;
	c->mount_count = mounts ? json_object_array_length(mounts) : 0;
	c->mounts = arena_array(in->arena, c->mount_count, sizeof(*c->mounts));
	return c->mounts ? read_items(mounts, mounts_path, in, read_mount) : no_memory(in);
}

static int read_network(struct json_object *o, size_t index, struct reading *in)
{
	return endpoint_request_read(o, networks_path, in->arena, &in->config->networks[index],
				     in->e);
}

static int read_networks(struct json_object *hoy, struct reading *in)
{
	struct container_config *c = in->config;
	struct json_object *networks = NULL;
	int r = json_get_array(hoy, hoy_path, "Networks", ENDPOINT_REQUESTS_MAX, &networks,
			       in->e);

	if (r < 0)
		return r;
	c->network_count = networks ? json_object_array_length(networks) : 0;
	c->networks = arena_array(in->arena, c->network_count, sizeof(*c->networks));
	return c->networks ? read_items(networks, networks_path, in, read_network)
			   : no_memory(in);
}

static int read_hoy(struct json_object *host, struct reading *in)
{
	struct container_config *c = in->config;
	struct json_object *hoy;
	int r = json_get_object(host, host_path, "Hoy", &hoy, in->e);

	if (r < 0 || !hoy)
		return r;
	if ((r = read_exact_mounts(hoy, in)) < 0 || (r = read_networks(hoy, in)) < 0 ||
	    (r = json_get_strings(hoy, hoy_path, "Ports", in->arena, &c->ports, in->e)) < 0 ||
	    (r = get_exact_list(hoy, "EnvHex", &c->env, in)) < 0 ||
	    (r = get_exact_list(hoy, "CmdHex", &c->cmd, in)) < 0 ||
	    (r = get_exact_list(hoy, "EntrypointHex", &c->entrypoint, in)) < 0)
		return r;
	return get_exact(hoy, hoy_path, "WorkingDir", &c->working_dir, in);
}

int container_config_from_json(struct json_object *config, struct json_object *host,
			       struct arena *arena, struct container_config *ret, struct err *e)
{
	struct container_config read = { .stop_timeout = -1 };
	struct reading in = { arena, &read, e };
	int r;

	if ((r = read_config(config, &in)) < 0 || (r = read_isolation(host, &in)) < 0 ||
	    (r = read_resources(host, &in)) < 0 || (r = read_restart(host, &in)) < 0 ||
	    (r = read_log(host, &in)) < 0 || (r = read_devices(host, &in)) < 0 ||
	    (r = read_ulimits(host, &in)) < 0 || (r = read_hoy(host, &in)) < 0)
		return r;
	if (arena_ok(arena) < 0)
		return no_memory(&in);
	*ret = read;
	return 0;
}
