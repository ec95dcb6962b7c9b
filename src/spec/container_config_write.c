/*
 * Docker's Config and HostConfig as text: see container_config.h.
 *
 * Keys and their order are docker's, also those whose value hoy cannot change yet: scripts look
 * for them. What is read back is said in container_config_read.c; Binds, Mounts, Tmpfs and
 * Volumes are only views of Hoy.Mounts.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API 1.43, ContainerConfig, HostConfig; moby api/types/container.
 */
#include <stdio.h>
#include <string.h>

#include "format/json.h"
#include "format/utf8.h"
#include "spec/container_config.h"
#include "spec/port_mapping.h"

static const char *text_or(const char *text, const char *otherwise)
{
	return str_is_empty(text) ? otherwise : text;
}

/* Docker writes null for a list that nobody gave. */
static void write_list(struct json_writer *w, const char *key, const struct strv *v,
		       bool is_present)
{
	if (is_present)
		json_write_strings(w, key, v);
	else
		json_write_text(w, key, NULL);
}

/* May this destination be a key: text, and not one of an earlier mount of the kind? */
static bool is_key(const struct container_config *config, size_t index)
{
	const struct mount_request *mount = &config->mounts[index];

	for (size_t i = 0; i < index; i++)
		if (config->mounts[i].kind == mount->kind &&
		    str_equal(config->mounts[i].destination, mount->destination))
			return false;
	return utf8_is_valid(mount->destination, strlen(mount->destination));
}

static void write_volumes(struct json_writer *w, const struct container_config *config)
{
	bool is_found = false;

	for (size_t i = 0; i < config->mount_count; i++) {
		const struct mount_request *mount = &config->mounts[i];

		if (mount->kind != MOUNT_VOLUME || !mount->is_anonymous || !is_key(config, i))
			continue;
		if (!is_found)
			json_begin_object(w, "Volumes");
		is_found = true;
		json_write_raw(w, mount->destination, "{}");
	}
	if (is_found)
		json_end_object(w);
	else
		json_write_text(w, "Volumes", NULL);
}

void container_config_write(struct json_writer *w, const char *key,
			    const struct container_config *config)
{
	json_begin_object(w, key);
	json_write_text(w, "Hostname", text_or(config->hostname, ""));
	json_write_text(w, "Domainname", text_or(config->domainname, ""));
	json_write_text(w, "User", text_or(config->user, ""));
	json_write_bool(w, "AttachStdin", config->attach_stdin);
	json_write_bool(w, "AttachStdout", config->attach_stdout);
	json_write_bool(w, "AttachStderr", config->attach_stderr);
	if (config->exposed_ports.count > 0)
		json_write_set(w, "ExposedPorts", &config->exposed_ports);
	json_write_bool(w, "Tty", config->is_tty);
	json_write_bool(w, "OpenStdin", config->open_stdin);
	json_write_bool(w, "StdinOnce", config->stdin_once);
	json_write_strings(w, "Env", &config->env);
	write_list(w, "Cmd", &config->cmd, config->has_cmd);
	json_write_text(w, "Image", text_or(config->image, ""));
	write_volumes(w, config);
	json_write_text(w, "WorkingDir", text_or(config->working_dir, ""));
	write_list(w, "Entrypoint", &config->entrypoint, config->has_entrypoint);
	json_write_text(w, "OnBuild", NULL);
	json_write_map(w, "Labels", &config->labels);
	if (!str_is_empty(config->stop_signal))
		json_write_text(w, "StopSignal", config->stop_signal);
	if (config->stop_timeout >= 0)
		json_write_i64(w, "StopTimeout", config->stop_timeout);
	json_end_object(w);
}

/* --- mounts ------------------------------------------------------------------------------ */

/* What -v can say goes to Binds, the rest to Mounts. */
static bool is_bind_text(const struct mount_request *mount)
{
	if (mount->kind == MOUNT_TMPFS || mount->is_anonymous || mount->must_exist)
		return false;
	return mount->mode || !(mount->is_readonly || mount->is_nocopy ||
				mount->is_nonrecursive || mount->propagation);
}

static void write_binds(struct json_writer *w, const struct container_config *config)
{
	bool is_found = false;

	for (size_t i = 0; i < config->mount_count; i++) {
		const struct mount_request *mount = &config->mounts[i];
		AUTO_STR struct str text = { 0 };

		if (!is_bind_text(mount))
			continue;
		str_printf(&text, "%s:%s%s%s", text_or(mount->source, ""), mount->destination,
			   mount->mode ? ":" : "", text_or(mount->mode, ""));
		if (!is_found)
			json_begin_array(w, "Binds");
		is_found = true;
		json_write_text(w, NULL, str_text(&text));
	}
	if (is_found)
		json_end_array(w);
	else
		json_write_text(w, "Binds", NULL);
}

static void write_mount(struct json_writer *w, const struct mount_request *mount)
{
	json_begin_object(w, NULL);
	json_write_text(w, "Type", mount->kind == MOUNT_BIND ? "bind" : "volume");
	if (mount->source)
		json_write_text(w, "Source", mount->source);
	json_write_text(w, "Target", mount->destination);
	if (mount->is_readonly)
		json_write_bool(w, "ReadOnly", true);
	if (mount->kind == MOUNT_BIND && (mount->propagation || mount->is_nonrecursive)) {
		json_begin_object(w, "BindOptions");
		if (mount->propagation)
			json_write_text(w, "Propagation", mount->propagation);
		if (mount->is_nonrecursive)
			json_write_bool(w, "NonRecursive", true);
		json_end_object(w);
	}
	if (mount->kind == MOUNT_VOLUME && mount->is_nocopy) {
		json_begin_object(w, "VolumeOptions");
		json_write_bool(w, "NoCopy", true);
		json_end_object(w);
	}
	json_end_object(w);
}

/* Docker leaves these two keys out when there is nothing in them. */
static void write_mounts(struct json_writer *w, const struct container_config *config)
{
	bool is_found = false;

	for (size_t i = 0; i < config->mount_count; i++) {
		const struct mount_request *mount = &config->mounts[i];

		if (mount->kind == MOUNT_TMPFS || mount->is_anonymous || is_bind_text(mount))
			continue;
		if (!is_found)
			json_begin_array(w, "Mounts");
		is_found = true;
		write_mount(w, mount);
	}
	if (is_found)
		json_end_array(w);
}

static void write_tmpfs(struct json_writer *w, const struct container_config *config)
{
	bool is_found = false;

	for (size_t i = 0; i < config->mount_count; i++) {
		const struct mount_request *mount = &config->mounts[i];

		if (mount->kind != MOUNT_TMPFS || !is_key(config, i))
			continue;
		if (!is_found)
			json_begin_object(w, "Tmpfs");
		is_found = true;
		json_write_text(w, mount->destination, text_or(mount->options, ""));
	}
	if (is_found)
		json_end_object(w);
}

/* --- what only hoy knows ----------------------------------------------------------------- */

static void write_hex(struct json_writer *w, const char *key, const char *text)
{
	AUTO_STR struct str hex = { 0 };

	for (; *text; text++)
		str_printf(&hex, "%02x", (unsigned int)(unsigned char)*text);
	json_write_text(w, key, str_text(&hex));
}

/* Text that JSON can hold as KEY, any other bytes as hex in KEYHex. */
static void write_exact(struct json_writer *w, const char *key, const char *text)
{
	char hex_key[32];

	if (!text)
		return;
	if (utf8_is_valid(text, strlen(text))) {
		json_write_text(w, key, text);
		return;
	}
	(void)snprintf(hex_key, sizeof(hex_key), "%sHex", key);
	write_hex(w, hex_key, text);
}

static void write_true(struct json_writer *w, const char *key, bool value)
{
	if (value)
		json_write_bool(w, key, true);
}

static void write_exact_mount(struct json_writer *w, const struct mount_request *mount)
{
	static const char *const kinds[] = {
		[MOUNT_BIND] = "bind", [MOUNT_VOLUME] = "volume", [MOUNT_TMPFS] = "tmpfs"
	};

	json_begin_object(w, NULL);
	json_write_text(w, "Type", kinds[mount->kind]);
	write_exact(w, "Source", mount->source);
	write_exact(w, "Target", mount->destination);
	write_true(w, "ReadOnly", mount->is_readonly);
	write_true(w, "Anonymous", mount->is_anonymous);
	write_true(w, "MustExist", mount->must_exist);
	write_true(w, "NoCopy", mount->is_nocopy);
	write_true(w, "NonRecursive", mount->is_nonrecursive);
	write_exact(w, "Propagation", mount->propagation);
	write_exact(w, "Options", mount->options);
	write_exact(w, "Mode", mount->mode);
	json_end_object(w);
}

static void write_exact_list(struct json_writer *w, const char *key, const struct strv *v)
{
	bool is_exact = true;

	for (size_t i = 0; i < v->count; i++)
		is_exact = is_exact && utf8_is_valid(v->items[i], strlen(v->items[i]));
	if (is_exact)
		return;
	json_begin_array(w, key);
	for (size_t i = 0; i < v->count; i++)
		write_hex(w, NULL, v->items[i]);
	json_end_array(w);
}

static void write_hoy(struct json_writer *w, const struct container_config *config)
{
	json_begin_object(w, "Hoy");
	json_begin_array(w, "Mounts");
	for (size_t i = 0; i < config->mount_count; i++)
		write_exact_mount(w, &config->mounts[i]);
	json_end_array(w);
	if (config->ports.count > 0)
		json_write_strings(w, "Ports", &config->ports);
	json_begin_array(w, "Networks");
	for (size_t i = 0; i < config->network_count; i++)
		endpoint_request_write(w, &config->networks[i]);
	json_end_array(w);
	write_exact_list(w, "EnvHex", &config->env);
	write_exact_list(w, "CmdHex", &config->cmd);
	write_exact_list(w, "EntrypointHex", &config->entrypoint);
	if (config->working_dir &&
	    !utf8_is_valid(config->working_dir, strlen(config->working_dir)))
		write_exact(w, "WorkingDir", config->working_dir);
	json_end_object(w);
}

/* --- HostConfig -------------------------------------------------------------------------- */

static void write_log(struct json_writer *w, const struct container_config *config)
{
	char number[24];

	json_begin_object(w, "LogConfig");
	json_write_text(w, "Type", "json-file");
	json_begin_object(w, "Config");
	if (config->log_max_files > 0) {
		(void)snprintf(number, sizeof(number), "%u", config->log_max_files);
		json_write_text(w, "max-file", number);
	}
	if (config->log_max_bytes > 0) {
		(void)snprintf(number, sizeof(number), "%llu",
			       (unsigned long long)config->log_max_bytes);
		json_write_text(w, "max-size", number);
	}
	json_end_object(w);
	json_end_object(w);
}

static void write_restart(struct json_writer *w, const struct restart_policy *restart)
{
	json_begin_object(w, "RestartPolicy");
	json_write_text(w, "Name", text_or(restart->name, "no"));
	json_write_i64(w, "MaximumRetryCount", restart->maximum_retries);
	json_end_object(w);
}

static void write_devices(struct json_writer *w, const struct container_config *config)
{
	json_begin_array(w, "Devices");
	for (size_t i = 0; i < config->device_count; i++) {
		const struct device_request *device = &config->devices[i];

		json_begin_object(w, NULL);
		json_write_text(w, "PathOnHost", text_or(device->host_path, ""));
		json_write_text(w, "PathInContainer", text_or(device->path, ""));
		json_write_text(w, "CgroupPermissions", text_or(device->permissions, ""));
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_ulimits(struct json_writer *w, const struct container_config *config)
{
	json_begin_array(w, "Ulimits");
	for (size_t i = 0; i < config->ulimit_count; i++) {
		const struct ulimit_request *ulimit = &config->ulimits[i];

		json_begin_object(w, NULL);
		json_write_text(w, "Name", text_or(ulimit->name, ""));
		json_write_i64(w, "Hard", ulimit->hard);
		json_write_i64(w, "Soft", ulimit->soft);
		json_end_object(w);
	}
	json_end_array(w);
}

static void write_isolation(struct json_writer *w, const struct container_config *config)
{
	write_list(w, "CapAdd", &config->cap_add, config->cap_add.count > 0);
	write_list(w, "CapDrop", &config->cap_drop, config->cap_drop.count > 0);
	json_write_text(w, "CgroupnsMode", text_or(config->cgroupns_mode, ""));
	json_write_strings(w, "Dns", &config->dns);
	json_write_strings(w, "DnsOptions", &config->dns_options);
	json_write_strings(w, "DnsSearch", &config->dns_search);
	write_list(w, "ExtraHosts", &config->extra_hosts, config->extra_hosts.count > 0);
	write_list(w, "GroupAdd", &config->group_add, config->group_add.count > 0);
	json_write_text(w, "IpcMode", text_or(config->ipc_mode, ""));
	json_write_text(w, "Cgroup", "");
	json_write_text(w, "Links", NULL);
	json_write_i64(w, "OomScoreAdj", config->oom_score_adj);
	json_write_text(w, "PidMode", text_or(config->pid_mode, ""));
	json_write_bool(w, "Privileged", config->is_privileged);
	json_write_bool(w, "PublishAllPorts", config->is_publish_all);
	json_write_bool(w, "ReadonlyRootfs", config->is_rootfs_readonly);
	write_list(w, "SecurityOpt", &config->security_opt, config->security_opt.count > 0);
	write_tmpfs(w, config);
	json_write_text(w, "UTSMode", text_or(config->uts_mode, ""));
	json_write_text(w, "UsernsMode", text_or(config->userns_mode, ""));
	if (config->uid_map.count > 0) {
		json_begin_object(w, "IDMappings");
		json_write_strings(w, "UidMap", &config->uid_map);
		json_write_strings(w, "GidMap", &config->gid_map);
		json_end_object(w);
	}
	json_write_i64(w, "ShmSize",
		       config->shm_size > 0 ? config->shm_size : SHM_SIZE_DEFAULT);
	if (config->sysctls.count > 0)
		json_write_map(w, "Sysctls", &config->sysctls);
}

static void write_resources(struct json_writer *w, const struct container_config *config)
{
	json_write_i64(w, "CpuShares", config->cpu_shares);
	json_write_i64(w, "Memory", config->memory);
	json_write_i64(w, "NanoCpus", config->nano_cpus);
	json_write_text(w, "CgroupParent", "");
	json_write_i64(w, "CpuPeriod", config->cpu_period);
	json_write_i64(w, "CpuQuota", config->cpu_quota);
	json_write_text(w, "CpusetCpus", text_or(config->cpuset_cpus, ""));
	json_write_text(w, "CpusetMems", text_or(config->cpuset_mems, ""));
	write_devices(w, config);
	json_write_i64(w, "MemoryReservation", config->memory_reservation);
	json_write_i64(w, "MemorySwap", config->memory_swap);
	if (config->pids_limit != 0)
		json_write_i64(w, "PidsLimit", config->pids_limit);
	else
		json_write_text(w, "PidsLimit", NULL);
	write_ulimits(w, config);
}

/* "80/tcp" of a canonical text: what is behind its last colon. */
static const char *port_key(const char *port)
{
	const char *colon = strrchr(port, ':');

	return colon ? colon + 1 : port;
}

static bool is_first_of_key(const struct strv *ports, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (strcmp(port_key(ports->items[i]), port_key(ports->items[index])) == 0)
			return false;
	}
	return true;
}

static void write_binding(struct json_writer *w, const char *port)
{
	struct port_mapping mapping;
	char address[IP_TEXT_SIZE];
	char number[PORT_TEXT_SIZE];

	if (port_mapping_read(port, &mapping) < 0)
		return;
	ip_format(&mapping.address, address);
	port_host_text(&mapping, number);
	json_begin_object(w, NULL);
	json_write_text(w, "HostIp", address);
	json_write_text(w, "HostPort", number);
	json_end_object(w);
}

static void write_ports(struct json_writer *w, const struct strv *ports)
{
	json_begin_object(w, "PortBindings");
	for (size_t i = 0; i < ports->count; i++) {
		const char *key = port_key(ports->items[i]);

		if (!is_first_of_key(ports, i))
			continue;
		json_begin_array(w, key);
		for (size_t n = i; n < ports->count; n++) {
			if (strcmp(port_key(ports->items[n]), key) == 0)
				write_binding(w, ports->items[n]);
		}
		json_end_array(w);
	}
	json_end_object(w);
}

void container_host_config_write(struct json_writer *w, const char *key,
				 const struct container_config *config)
{
	json_begin_object(w, key);
	write_binds(w, config);
	json_write_text(w, "ContainerIDFile", text_or(config->cidfile, ""));
	write_log(w, config);
	json_write_text(w, "NetworkMode", text_or(config->network_mode, "default"));
	write_ports(w, &config->ports);
	write_restart(w, &config->restart);
	json_write_bool(w, "AutoRemove", config->auto_remove);
	json_write_text(w, "VolumeDriver", "");
	json_write_text(w, "VolumesFrom", NULL);
	write_isolation(w, config);
	json_write_text(w, "Runtime", "hoy");
	write_resources(w, config);
	write_mounts(w, config);
	if (config->has_init)
		json_write_bool(w, "Init", config->is_init);
	write_hoy(w, config);
	json_end_object(w);
}

typedef void write_function(struct json_writer *w, const char *key,
			    const struct container_config *config);

static struct json_object *to_json(write_function *write, const struct container_config *config)
{
	AUTO_STR struct str text = { 0 };
	struct json_writer w = { .out = &text };

	write(&w, NULL, config);
	return str_ok(&text) == 0 ? json_tokener_parse(str_text(&text)) : NULL;
}

struct json_object *container_config_to_json(const struct container_config *config)
{
	return to_json(container_config_write, config);
}

struct json_object *container_host_config_to_json(const struct container_config *config)
{
	return to_json(container_host_config_write, config);
}
