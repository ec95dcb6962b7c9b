/*
 * What a user asked for when a container was made: docker's Config and HostConfig, as far as
 * hoy knows them.
 *
 * One structure serves flags (cli fills it), the record on disk, and inspect. Everything hangs
 * on the arena it was made with. Image defaults are merged by the engine
 * (container_config_merge), so that a stored one is complete: Cmd, Entrypoint, Env, User,
 * WorkingDir and so on are what will run.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API, ContainerConfig and HostConfig.
 */
#ifndef HOY_SPEC_CONTAINER_CONFIG_H
#define HOY_SPEC_CONTAINER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "spec/endpoint_request.h"
#include "spec/image_config.h"

struct json_object;
struct json_writer;

/* Stands for the address at which a container reaches its host. */
#define EXTRA_HOST_GATEWAY "host-gateway"

enum { SHM_SIZE_DEFAULT = 64 * 1024 * 1024 };

enum mount_kind { MOUNT_BIND, MOUNT_VOLUME, MOUNT_TMPFS };

struct mount_request {
	enum mount_kind kind;
	/* BIND: absolute host path; VOLUME: name, NULL until the engine names an anonymous one
	 */
	char *source;
	char *destination; /* absolute, normalised path inside */
	bool is_readonly;
	/* VOLUME: without a name given; removed with the container by rm -v and --rm */
	bool is_anonymous;
	/* BIND from --mount: a missing source is an error; -v makes a directory as docker does
	 */
	bool must_exist;
	bool is_nocopy;	      /* VOLUME: do not fill it from the image */
	bool is_nonrecursive; /* BIND: bind, not rbind */
	char *propagation;    /* "rprivate" (default) ... */
	/* TMPFS: "size=64m,mode=1777"; the text after the colon of --tmpfs */
	char *options;
	char *mode; /* the third field of -v as given ("ro,z"), for inspect; NULL */
};

struct device_request {
	char *host_path;
	char *path;	   /* inside */
	char *permissions; /* "rwm" */
};

struct ulimit_request {
	char *name; /* "nofile" */
	int64_t soft;
	int64_t hard;
};

struct restart_policy { /* kept and shown; carried out when restart policies land */
	char *name;
	int maximum_retries;
};

struct container_config {
	/* Config */
	char *image;	/* as the user wrote it */
	char *hostname; /* NULL: the short id (or the host's with --uts/--network host) */
	char *domainname;
	char *user;
	bool attach_stdin;
	bool attach_stdout;
	bool attach_stderr;
	bool is_tty;
	bool open_stdin;
	bool stdin_once;
	struct strv env;
	bool has_entrypoint; /* given on the command line, perhaps as "" */
	struct strv entrypoint;
	bool has_cmd;
	struct strv cmd;
	char *working_dir;
	struct strv labels;	   /* "key=value" */
	struct strv exposed_ports; /* the image's and --expose's, "80/tcp" */
	char *stop_signal;	   /* NULL: SIGTERM */
	int stop_timeout;	   /* seconds; -1: 10 */

	/* HostConfig */
	bool auto_remove;
	char *network_mode; /* "none", "host", "container:ID", a network's name; NULL: the default */
	struct strv ports; /* spec/port_mapping.h, canonical */
	bool is_publish_all;
	/* with a network's name for a mode: that one first. `network connect` and
	 * `disconnect` change the list, never the mode. */
	struct endpoint_request *networks;
	size_t network_count;
	char *pid_mode;	     /* "", "host", "container:ID" */
	char *ipc_mode;	     /* "", "private", "shareable", "host", "none", "container:ID" */
	char *uts_mode;	     /* "", "host" */
	char *cgroupns_mode; /* "", "private", "host" */
	char *userns_mode;   /* "", "host", "auto", "auto:size=N", "private": with maps */
	struct strv uid_map; /* spec/id_map.h; with "auto" what was chosen */
	struct strv gid_map;
	bool is_privileged;
	bool is_rootfs_readonly;
	bool has_init; /* --init or --init=false was given */
	bool is_init;
	struct mount_request *mounts;
	size_t mount_count;
	struct strv cap_add;
	struct strv cap_drop;
	/* as given: "seccomp=FILE" becomes "seccomp=<JSON of the file>" as with docker */
	struct strv security_opt;
	struct strv group_add;
	struct device_request *devices;
	size_t device_count;
	struct ulimit_request *ulimits;
	size_t ulimit_count;
	struct strv sysctls;	 /* "key=value" */
	struct strv extra_hosts; /* "name:address", or "name:" EXTRA_HOST_GATEWAY */
	struct strv dns;
	struct strv dns_search;
	struct strv dns_options;
	int64_t shm_size;    /* bytes; 0: 64 MiB */
	int64_t memory;	     /* bytes; 0: unlimited */
	int64_t memory_swap; /* memory + swap; -1 unlimited swap; 0: not given */
	int64_t memory_reservation;
	int64_t nano_cpus; /* 10^-9 CPUs; 0: unlimited */
	int64_t cpu_shares;
	int64_t cpu_period;
	int64_t cpu_quota;
	char *cpuset_cpus;
	char *cpuset_mems;
	int64_t pids_limit; /* 0 or -1: unlimited */
	int oom_score_adj;
	struct restart_policy restart;
	uint64_t log_max_bytes; /* of one file; 0: the default, 10 MiB */
	uint32_t log_max_files; /* 0: the default, 3 */
	char *cidfile;
	char *detach_keys; /* not stored; used by the client */
};

/*
 * Fill what the user left open from the image, as docker does: User, WorkingDir, StopSignal
 * when empty; Env and Labels of the image that the user did not set, behind the user's; the
 * exposed ports of both; Entrypoint and Cmd when no entrypoint was given, and Cmd only when
 * none was given either; an anonymous volume for each of the image's volumes whose path is no
 * mount yet.
 */
void container_config_merge(struct container_config *config, struct arena *arena,
			    const struct image_config *image);

/*
 * Docker's keys, as one object each: the value of "Config" in inspect and that of "HostConfig".
 * What docker's keys cannot hold exactly (all of the mounts, bytes that are not UTF-8) is in
 * HostConfig under "Hoy", and is read back from there.
 */
void container_config_write(struct json_writer *w, const char *key,
			    const struct container_config *config);
void container_host_config_write(struct json_writer *w, const char *key,
				 const struct container_config *config);

/* The same as json-c objects owned by the caller, NULL without memory. */
struct json_object *container_config_to_json(const struct container_config *config);
struct json_object *container_host_config_to_json(const struct container_config *config);

/*
 * The reverse, for the record: all but `detach_keys` comes back as it was, with an empty text
 * for an absent one and maps and sets sorted. Returns 0 or -EINVAL with the path of the
 * offending member.
 */
int container_config_from_json(struct json_object *config, struct json_object *host,
			       struct arena *arena, struct container_config *ret,
			       struct err *e);

#endif
