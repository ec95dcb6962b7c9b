/*
 * See run_options.h.
 *
 * Runs in: cli.
 */
#include "cli/run_options.h"

#include <stddef.h>

#include "cli/options_env.h"

static int run_set_env(void *values, struct arena *arena, const char *value, struct err *e)
{
	return env_add(&((struct run_options *)values)->env, arena, value, e);
}

static int run_set_env_file(void *values, struct arena *arena, const char *value, struct err *e)
{
	return env_add_file(&((struct run_options *)values)->file_env, arena, value, e);
}

static int run_set_label(void *values, struct arena *arena, const char *value, struct err *e)
{
	return label_add(&((struct run_options *)values)->labels, arena, value, e);
}

static int run_set_label_file(void *values, struct arena *arena, const char *value,
			      struct err *e)
{
	return label_add_file(&((struct run_options *)values)->file_labels, arena, value, e);
}

#define FIELD(name)  offsetof(struct run_options, name)
#define CONFIG(name) offsetof(struct run_options, config.name)
#define BOOL(name, letter, field, help)                            \
	{                                                          \
		name, letter, OPTION_BOOL, field, NULL, NULL, help \
	}
#define SET(name, letter, set, value, help)                     \
	{                                                       \
		name, letter, OPTION_VALUE, 0, set, value, help \
	}
#define TEXT(name, field, help)                               \
	{                                                     \
		name, 0, OPTION_TEXT, field, NULL, NULL, help \
	}
#define SET_BOOL(name, set, help)                        \
	{                                                \
		name, 0, OPTION_BOOL, 0, set, NULL, help \
	}
#define HIDDEN(name, set)                                 \
	{                                                 \
		name, 0, OPTION_VALUE, 0, set, NULL, NULL \
	}
#define REFUSED(name, letter)                                     \
	{                                                         \
		name, letter, OPTION_REFUSED, 0, NULL, NULL, NULL \
	}
#define REFUSED_BOOL(name, letter)                                     \
	{                                                              \
		name, letter, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL \
	}

#define OPTIONS_RUN_ONLY                                                    \
	BOOL("detach", 'd', FIELD(is_detached),                             \
	     "Run container in background and print container ID"),         \
		SET("detach-keys", 0, options_set_detach_keys, NULL,        \
		    "Override the key sequence for detaching a container"), \
		SET_BOOL("sig-proxy", options_set_sig_proxy,                \
			 "Proxy received signals to the process (default true)")

/* In the order of the help; what has no help is not listed. */
#define OPTIONS_BOTH                                                                          \
	SET("add-host", 0, options_set_add_host, "list",                                      \
	    "Add a custom host-to-IP mapping (host:ip)"),                                     \
		SET("attach", 'a', options_set_attach, "list",                                \
		    "Attach to STDIN, STDOUT or STDERR"),                                     \
		SET("cap-add", 0, options_set_cap_add, "list", "Add Linux capabilities"),     \
		SET("cap-drop", 0, options_set_cap_drop, "list", "Drop Linux capabilities"),  \
		SET("cgroupns", 0, options_set_cgroupns, NULL,                                \
		    "Cgroup namespace to use (host|private)"),                                \
		SET("cidfile", 0, options_set_cidfile, NULL,                                  \
		    "Write the container ID to the file"),                                    \
		SET("cpu-period", 0, options_set_cpu_period, "int",                           \
		    "Limit CPU CFS (Completely Fair Scheduler) period"),                      \
		SET("cpu-quota", 0, options_set_cpu_quota, "int",                             \
		    "Limit CPU CFS (Completely Fair Scheduler) quota"),                       \
		SET("cpu-shares", 'c', options_set_cpu_shares, "int",                         \
		    "CPU shares (relative weight)"),                                          \
		SET("cpus", 0, options_set_cpus, "decimal", "Number of CPUs"),                \
		SET("cpuset-cpus", 0, options_set_cpuset_cpus, NULL,                          \
		    "CPUs in which to allow execution (0-3, 0,1)"),                           \
		SET("cpuset-mems", 0, options_set_cpuset_mems, NULL,                          \
		    "MEMs in which to allow execution (0-3, 0,1)"),                           \
		SET("device", 0, options_set_device, "list",                                  \
		    "Add a host device to the container"),                                    \
		SET("dns", 0, options_set_dns, "list", "Set custom DNS servers"),             \
		SET("dns-option", 0, options_set_dns_option, "list", "Set DNS options"),      \
		SET("dns-search", 0, options_set_dns_search, "list",                          \
		    "Set custom DNS search domains"),                                         \
		SET("domainname", 0, options_set_domainname, NULL,                            \
		    "Container NIS domain name"),                                             \
		SET("entrypoint", 0, options_set_entrypoint, NULL,                            \
		    "Overwrite the default ENTRYPOINT of the image"),                         \
		SET("env", 'e', run_set_env, "list", "Set environment variables"),            \
		SET("env-file", 0, run_set_env_file, "list",                                  \
		    "Read in a file of environment variables"),                               \
		SET("group-add", 0, options_set_group, "list",                                \
		    "Add additional groups to join"),                                         \
		SET("gidmap", 0, options_add_gid_map, "list",                                 \
		    "GID map for the user namespace (CONTAINER:HOST:COUNT)"),                 \
		SET("hostname", 'h', options_set_hostname, NULL, "Container host name"),      \
		SET_BOOL("init", options_set_init,                                            \
			 "Run an init inside the container that forwards signals and reaps "  \
			 "processes"),                                                        \
		BOOL("interactive", 'i', CONFIG(open_stdin),                                  \
		     "Keep STDIN open even if not attached"),                                 \
		SET("ipc", 0, options_set_ipc, NULL, "IPC mode to use"),                      \
		SET("label", 'l', run_set_label, "list", "Set meta data on a container"),     \
		SET("label-file", 0, run_set_label_file, "list",                              \
		    "Read in a line delimited file of labels"),                               \
		SET("log-driver", 0, options_set_log_driver, NULL,                            \
		    "Logging driver for the container (json-file)"),                          \
		SET("log-opt", 0, options_set_log_opt, "list",                                \
		    "Log driver options (max-size, max-file)"),                               \
		SET("memory", 'm', options_set_memory, "bytes", "Memory limit"),              \
		SET("memory-reservation", 0, options_set_memory_reservation, "bytes",         \
		    "Memory soft limit"),                                                     \
		SET("memory-swap", 0, options_set_memory_swap, "bytes",                       \
		    "Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),   \
		SET("mount", 0, options_set_mount, "mount",                                   \
		    "Attach a filesystem mount to the container"),                            \
		SET("name", 0, options_set_name, NULL, "Assign a name to the container"),     \
		SET("network", 0, options_set_network, "network",                             \
		    "Connect a container to a network (also: none, host, container:NAME)"),   \
		HIDDEN("net", options_set_network),                                           \
		HIDDEN("net-alias", options_set_network_alias),                               \
		SET("ip", 0, options_set_ip, NULL, "IPv4 address (e.g., 172.30.100.104)"),    \
		SET("ip6", 0, options_set_ip6, NULL, "IPv6 address (e.g., 2001:db8::33)"),    \
		SET("link", 0, options_set_link, "list", "Add link to another container"),    \
		SET("mac-address", 0, options_set_mac_address, NULL,                          \
		    "Container MAC address (e.g., 92:d0:c6:0a:29:33)"),                       \
		SET("network-alias", 0, options_set_network_alias, "list",                    \
		    "Add network-scoped alias for the container"),                            \
		SET("expose", 0, options_set_expose, "list",                                  \
		    "Expose a port or a range of ports"),                                     \
		SET("publish", 'p', options_set_publish, "list",                              \
		    "Publish a container's port(s) to the host"),                             \
		BOOL("publish-all", 'P', CONFIG(is_publish_all),                              \
		     "Publish all exposed ports to random ports"),                            \
		SET("oom-score-adj", 0, options_set_oom_score_adj, "int",                     \
		    "Tune host's OOM preferences (-1000 to 1000)"),                           \
		SET("pid", 0, options_set_pid, NULL, "PID namespace to use"),                 \
		SET("pids-limit", 0, options_set_pids_limit, "int",                           \
		    "Tune container pids limit (set -1 for unlimited)"),                      \
		BOOL("privileged", 0, CONFIG(is_privileged),                                  \
		     "Give extended privileges to this container"),                           \
		TEXT("platform", FIELD(platform),                                             \
		     "Set platform if server is multi-platform capable"),                     \
		SET("pull", 0, options_set_pull, NULL,                                        \
		    "Pull image before running (\"always\", \"missing\", \"never\")"),        \
		BOOL("quiet", 'q', FIELD(is_quiet), "Suppress the pull output"),              \
		BOOL("read-only", 0, CONFIG(is_rootfs_readonly),                              \
		     "Mount the container's root filesystem as read only"),                   \
		SET("restart", 0, options_set_restart, NULL,                                  \
		    "Restart policy to apply when a container exits (only \"no\")"),          \
		BOOL("rm", 0, CONFIG(auto_remove),                                            \
		     "Automatically remove the container and its associated anonymous "       \
		     "volumes when it exits"),                                                \
		SET("security-opt", 0, options_set_security_opt, "list", "Security Options"), \
		SET("shm-size", 0, options_set_shm_size, "bytes", "Size of /dev/shm"),        \
		SET("stop-signal", 0, options_set_stop_signal, NULL,                          \
		    "Signal to stop the container"),                                          \
		SET("stop-timeout", 0, options_set_stop_timeout, "int",                       \
		    "Timeout (in seconds) to stop a container"),                              \
		SET("sysctl", 0, options_set_sysctl, "map", "Sysctl options"),                \
		SET("tmpfs", 0, options_set_tmpfs, "list", "Mount a tmpfs directory"),        \
		BOOL("tty", 't', CONFIG(is_tty), "Allocate a pseudo-TTY"),                    \
		SET("uidmap", 0, options_add_uid_map, "list",                                 \
		    "UID map for the user namespace (CONTAINER:HOST:COUNT)"),                 \
		SET("ulimit", 0, options_set_ulimit, "ulimit", "Ulimit options"),             \
		SET("user", 'u', options_set_user, NULL,                                      \
		    "Username or UID (format: <name|uid>[:<group|gid>])"),                    \
		SET("userns", 0, options_set_userns, NULL,                                    \
		    "User namespace to use (host, auto[:size=N])"),                           \
		SET("uts", 0, options_set_uts, NULL, "UTS namespace to use"),                 \
		SET("volume", 'v', options_set_volume, "list", "Bind mount a volume"),        \
		SET("workdir", 'w', options_set_workdir, NULL,                                \
		    "Working directory inside the container"),                                \
		HIDDEN("dns-opt", options_set_dns_option)

/* Docker's, podman's and nerdctl's: known and not here yet. */
#define OPTIONS_REFUSED                                                                        \
	REFUSED("volumes-from", 0), REFUSED("link-local-ip", 0), REFUSED("runtime", 0),        \
		REFUSED("annotation", 0), REFUSED("health-cmd", 0),                            \
		REFUSED("health-interval", 0), REFUSED("health-retries", 0),                   \
		REFUSED("health-start-interval", 0), REFUSED("health-start-period", 0),        \
		REFUSED("health-timeout", 0), REFUSED_BOOL("no-healthcheck", 0),               \
		REFUSED("gpus", 0), REFUSED("blkio-weight", 0),                                \
		REFUSED("blkio-weight-device", 0), REFUSED("device-cgroup-rule", 0),           \
		REFUSED_BOOL("oom-kill-disable", 0), REFUSED("storage-opt", 0),                \
		REFUSED("volume-driver", 0), REFUSED("cgroup-parent", 0),                      \
		REFUSED("device-read-bps", 0), REFUSED("device-read-iops", 0),                 \
		REFUSED("device-write-bps", 0), REFUSED("device-write-iops", 0),               \
		REFUSED("memory-swappiness", 0), REFUSED_BOOL("use-api-socket", 0),            \
		REFUSED("cpu-rt-period", 0), REFUSED("cpu-rt-runtime", 0),                     \
		REFUSED_BOOL("disable-content-trust", 0), REFUSED("kernel-memory", 0),         \
		REFUSED("isolation", 0), REFUSED("cpu-count", 0), REFUSED("cpu-percent", 0),   \
		REFUSED("io-maxbandwidth", 0), REFUSED("io-maxiops", 0), REFUSED("arch", 0),   \
		REFUSED("authfile", 0), REFUSED("cert-dir", 0), REFUSED("cgroup-conf", 0),     \
		REFUSED("cgroups", 0), REFUSED("conmon-pidfile", 0), REFUSED("creds", 0),      \
		REFUSED_BOOL("env-host", 0), REFUSED("env-merge", 0),                          \
		REFUSED("health-on-failure", 0), REFUSED("hosts-file", 0),                     \
		REFUSED_BOOL("http-proxy", 0), REFUSED("image-volume", 0),                     \
		REFUSED("init-path", 0), REFUSED_BOOL("no-hostname", 0),                       \
		REFUSED_BOOL("no-hosts", 0), REFUSED("os", 0), REFUSED_BOOL("passwd", 0),      \
		REFUSED("pidfile", 0), REFUSED("pod", 0), REFUSED("preserve-fds", 0),          \
		REFUSED("preserve-fd", 0), REFUSED_BOOL("read-only-tmpfs", 0),                 \
		REFUSED_BOOL("replace", 0), REFUSED("requires", 0), REFUSED("retry", 0),       \
		REFUSED("retry-delay", 0), REFUSED_BOOL("rmi", 0), REFUSED_BOOL("rootfs", 0),  \
		REFUSED("sdnotify", 0), REFUSED("secret", 0), REFUSED("subgidname", 0),        \
		REFUSED("subuidname", 0), REFUSED("systemd", 0), REFUSED("timeout", 0),        \
		REFUSED_BOOL("tls-verify", 0), REFUSED("tz", 0), REFUSED("umask", 0),          \
		REFUSED("unsetenv", 0), REFUSED_BOOL("unsetenv-all", 0),                       \
		REFUSED("variant", 0), REFUSED("chrootdirs", 0), REFUSED("decryption-key", 0), \
		REFUSED("group-entry", 0), REFUSED("health-log-destination", 0),               \
		REFUSED("health-max-log-count", 0), REFUSED("health-max-log-size", 0),         \
		REFUSED("health-startup-cmd", 0), REFUSED("health-startup-interval", 0),       \
		REFUSED("health-startup-retries", 0), REFUSED("health-startup-success", 0),    \
		REFUSED("health-startup-timeout", 0), REFUSED("hostuser", 0),                  \
		REFUSED("init-binary", 0), REFUSED("passwd-entry", 0),                         \
		REFUSED("personality", 0), REFUSED("pod-id-file", 0), REFUSED("rdt-class", 0), \
		REFUSED("seccomp-policy", 0), REFUSED("shm-size-systemd", 0),                  \
		REFUSED("verify", 0), REFUSED_BOOL("permissive", 0)

#define OPTIONS_END                                      \
	{                                                \
		NULL, 0, OPTION_END, 0, NULL, NULL, NULL \
	}

const struct option run_option_table[] = { OPTIONS_BOTH, OPTIONS_RUN_ONLY, OPTIONS_REFUSED,
					   OPTIONS_END };
const struct option create_option_table[] = { OPTIONS_BOTH, OPTIONS_REFUSED, OPTIONS_END };

void run_options_init(struct run_options *options)
{
	*options = (struct run_options){ 0 };
	options->config.stop_timeout = -1;
}

/* As docker: -a names the streams; without it a foreground container has all of them, input
 * only with -i. */
static void run_options_streams(struct run_options *options)
{
	struct container_config *config = &options->config;

	if (!options->has_attach && !options->is_detached) {
		config->attach_stdout = true;
		config->attach_stderr = true;
		config->attach_stdin = config->open_stdin;
	}
	/* Input that a client brings ends with that client. */
	config->stdin_once = config->attach_stdin && config->open_stdin;
}

static int run_options_check(const struct run_options *options, struct err *e)
{
	const struct container_config *config = &options->config;
	int r;

	if (options->is_detached && options->has_attach)
		return err_set(e, ERR_INVALID, -EINVAL, "Conflicting options: -a and -d");
	if (config->hostname && config->uts_mode && config->uts_mode[0] != '\0')
		return err_set(e, ERR_INVALID, -EINVAL,
			       "Conflicting options: --hostname and the UTS mode (--uts)");
	if (config->hostname && config->network_mode &&
	    str_starts(config->network_mode, "container:"))
		return err_set(
			e, ERR_INVALID, -EINVAL,
			"Conflicting options: --hostname and the network mode (--network)");
	if ((config->dns.count > 0 || config->extra_hosts.count > 0) && config->network_mode &&
	    str_starts(config->network_mode, "container:"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "Conflicting options: --%s and the network mode (--network)",
			       config->dns.count > 0 ? "dns" : "add-host");
	/* What is published is told by the engine. */
	if (config->exposed_ports.count > 0 && config->ports.count == 0 &&
	    config->network_mode && str_starts(config->network_mode, "container:"))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "conflicting options: port exposing and the container type "
			       "network mode");
	r = options_check_mounts(config, e);
	if (r == 0)
		r = options_check_resources(config, e);
	return r < 0 ? r : options_check_sysctls(config, e);
}

int run_options_finish(struct run_options *options, const struct strv *args,
		       struct arena *arena, struct err *e)
{
	struct container_config *config = &options->config;
	int r = options_finish_networks(options, arena, e);

	if (r == 0)
		r = run_options_check(options, e);
	if (r < 0)
		return r;
	run_options_streams(options);
	env_merge(&config->env, arena, &options->file_env);
	env_merge(&config->env, arena, &options->env);
	env_merge(&config->labels, arena, &options->file_labels);
	env_merge(&config->labels, arena, &options->labels);
	config->image = args->items[0];
	config->has_cmd = args->count > 1;
	for (size_t i = 1; i < args->count; i++)
		strv_add_borrowed(&config->cmd, arena, args->items[i]);
	return arena_ok(arena);
}
