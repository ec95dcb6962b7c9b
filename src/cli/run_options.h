/*
 * The flags that run and create share: from argv to a checked struct container_config, without
 * touching the world.
 *
 * Every value is checked here, so that a wrong one is refused with a sentence naming the flag
 * before anything is made. The setters stand by noun in options_*.c; the table is in
 * run_options.c.
 *
 * Runs in: cli.
 * See: docker run --help.
 */
#ifndef HOY_CLI_RUN_OPTIONS_H
#define HOY_CLI_RUN_OPTIONS_H

#include <stdbool.h>

#include "cli/cli.h"
#include "format/option.h"
#include "spec/container_config.h"

enum pull_policy { PULL_MISSING, PULL_ALWAYS, PULL_NEVER };

struct run_options {
	struct container_config config;
	char *name;	       /* NULL: generated */
	bool is_detached;      /* run only */
	bool is_sig_proxy_off; /* run only */
	enum pull_policy pull;
	char *platform;	 /* of an image that is pulled; NULL: this machine's */
	bool is_quiet;	 /* nothing of a pull is printed */
	struct strv env; /* -e: comes after all --env-file */
	struct strv file_env;
	struct strv labels; /* as env */
	struct strv file_labels;
	bool has_attach; /* -a was given */
	/* --ip, --ip6, --mac-address, --network-alias, --link: of the first network */
	struct endpoint_request endpoint;
};

/* For run: with -d, --sig-proxy, --detach-keys. */
extern const struct option run_option_table[];
extern const struct option create_option_table[];

/* What docker takes for a flag that is not given. */
void run_options_init(struct run_options *options);

/*
 * After the parsing: image and command from `args`, what flags say about each other. Returns 0,
 * or -EINVAL with a sentence that names the flags.
 */
int run_options_finish(struct run_options *options, const struct strv *args,
		       struct arena *arena, struct err *e);

/* --- setters, by noun -------------------------------------------------------------------- */

/* options_volume.c, options_mount.c, mount_list.c */
int options_set_volume(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_mount(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_tmpfs(void *values, struct arena *arena, const char *value, struct err *e);
/* No two mounts on one path. */
int options_check_mounts(const struct container_config *config, struct err *e);

/* options_resource.c */
int options_set_memory(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_memory_swap(void *values, struct arena *arena, const char *value,
			    struct err *e);
int options_set_memory_reservation(void *values, struct arena *arena, const char *value,
				   struct err *e);
int options_set_cpus(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_cpu_shares(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_cpu_period(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_cpu_quota(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_cpuset_cpus(void *values, struct arena *arena, const char *value,
			    struct err *e);
int options_set_cpuset_mems(void *values, struct arena *arena, const char *value,
			    struct err *e);
int options_set_pids_limit(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_oom_score_adj(void *values, struct arena *arena, const char *value,
			      struct err *e);
int options_set_shm_size(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_ulimit(void *values, struct arena *arena, const char *value, struct err *e);
int options_check_resources(const struct container_config *config, struct err *e);

/* options_security.c */
int options_set_cap_add(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_cap_drop(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_security_opt(void *values, struct arena *arena, const char *value,
			     struct err *e);
int options_set_device(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_sysctl(void *values, struct arena *arena, const char *value, struct err *e);
int options_check_sysctls(const struct container_config *config, struct err *e);

/* options_network.c */
int options_set_network(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_network_alias(void *values, struct arena *arena, const char *value,
			      struct err *e);
int options_set_link(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_ip(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_ip6(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_mac_address(void *values, struct arena *arena, const char *value,
			    struct err *e);
/* The mode, and what the flags say of the first network, when all are read. */
int options_finish_networks(struct run_options *options, struct arena *arena, struct err *e);

/* options_port.c */
int options_set_publish(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_expose(void *values, struct arena *arena, const char *value, struct err *e);

/* options_namespace.c */
int options_set_pid(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_ipc(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_uts(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_cgroupns(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_userns(void *values, struct arena *arena, const char *value, struct err *e);
int options_add_uid_map(void *values, struct arena *arena, const char *value, struct err *e);
int options_add_gid_map(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_hostname(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_domainname(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_add_host(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_dns(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_dns_search(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_dns_option(void *values, struct arena *arena, const char *value, struct err *e);

/* options_process.c */
int options_set_name(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_user(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_group(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_workdir(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_entrypoint(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_attach(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_init(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_sig_proxy(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_stop_signal(void *values, struct arena *arena, const char *value,
			    struct err *e);
int options_set_stop_timeout(void *values, struct arena *arena, const char *value,
			     struct err *e);
int options_set_detach_keys(void *values, struct arena *arena, const char *value,
			    struct err *e);
int options_set_cidfile(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_pull(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_restart(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_log_driver(void *values, struct arena *arena, const char *value, struct err *e);
int options_set_log_opt(void *values, struct arena *arena, const char *value, struct err *e);
/* The checks of these flags for commands that keep them elsewhere. */
int user_set(char **field, struct arena *arena, const char *value, struct err *e);
int workdir_set(char **field, struct arena *arena, const char *value, struct err *e);
int detach_keys_set(char **field, struct arena *arena, const char *value, struct err *e);

#endif
