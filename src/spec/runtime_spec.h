/*
 * The OCI runtime specification's config.json as C structures: what a container is, before
 * anything of it exists.
 *
 * Everything hangs on one arena and is never freed piecemeal. Absent members are NULL, count 0,
 * or their `has_` flag is false; nothing is filled in here that the file did not say. The
 * engine fills the structure itself (engine/container_spec.c); hoy-runtime parses it from a
 * bundle.
 *
 * Runs in: cli (engine), runtime.
 * See: OCI runtime-spec 1.3 config.md, config-linux.md.
 */
#ifndef HOY_SPEC_RUNTIME_SPEC_H
#define HOY_SPEC_RUNTIME_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/str.h"

enum { SPEC_UID_MAX = 0x7fffffff };

struct spec_id_mapping {
	uint32_t container_id;
	uint32_t host_id;
	uint32_t size;
};

struct spec_id_mappings {
	struct spec_id_mapping *items;
	size_t count;
};

struct spec_mount {
	char *destination;
	char *type;
	char *source;
	struct strv options; /* as in the file: "ro", "rbind", "mode=755" */
	/* not of the file: a bind of this detached mount, and `source` is only what it is
	 * called */
	bool has_source_fd;
	int source_fd;
	struct spec_id_mappings uid_mappings;
	struct spec_id_mappings gid_mappings;
};

/* bit n is capability n; names beyond the kernel's are kept out by the parser */
struct spec_capabilities {
	uint64_t bounding;
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
	uint64_t ambient;
};

struct spec_rlimit {
	int resource; /* RLIMIT_* */
	uint64_t soft;
	uint64_t hard;
};

struct spec_user {
	uint32_t uid;
	uint32_t gid;
	bool has_umask;
	uint32_t umask;
	uint32_t *groups;
	size_t group_count;
};

struct spec_process {
	bool is_terminal;
	uint32_t console_rows; /* 0: not said */
	uint32_t console_columns;
	struct spec_user user;
	struct strv args;
	struct strv env;
	char *cwd;
	bool has_capabilities;
	struct spec_capabilities capabilities;
	struct spec_rlimit *rlimits;
	size_t rlimit_count;
	bool no_new_privileges;
	bool has_oom_score_adj;
	int oom_score_adj;
	char *apparmor_profile;
	char *selinux_label;
	bool has_scheduler;
	struct {
		uint32_t policy;
		int32_t nice;
		int32_t priority;
		uint64_t flags;
		uint64_t runtime;
		uint64_t deadline;
		uint64_t period;
	} scheduler;
	bool has_io_priority;
	uint32_t io_priority_class;
	int32_t io_priority;
	/* execCPUAffinity: lists like "0-3,7"; NULL: not said. Of exec only. */
	char *cpus_initial; /* before the process joins the container's cgroup */
	char *cpus_final;   /* after */
};

struct spec_namespace {
	int type;   /* one CLONE_NEW* flag */
	char *path; /* join this one; NULL: a new one */
	/* join this open descriptor instead; -1 none. Borrowed. Set by the engine only, never
	 * by a file */
	int fd;
};

struct spec_device {
	char *path;
	uint32_t type; /* S_IFCHR, S_IFBLK, S_IFIFO */
	int64_t major;
	int64_t minor;
	bool has_mode;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
};

struct spec_device_rule {
	bool is_allowed;
	char type;     /* 'a', 'b', 'c' */
	int64_t major; /* -1: any */
	int64_t minor;
	bool may_read;
	bool may_write;
	bool may_mknod;
};

struct spec_device_rate { /* a throttle or a weight of one block device */
	int64_t major;
	int64_t minor;
	uint64_t value;
};

struct spec_network_priority {
	char *name; /* of an interface */
	uint32_t priority;
};

struct spec_rdma_limit {
	char *name; /* of a device */
	bool has_handles;
	uint32_t handles;
	bool has_objects;
	uint32_t objects;
};

struct spec_hugepage_limit {
	char *page_size; /* "2MB" */
	uint64_t limit;
};

/* A limit that may be absent. -1 means "unlimited" where the specification says so. */
struct spec_number {
	bool is_set;
	int64_t value;
};

struct spec_resources {
	struct spec_device_rule *devices;
	size_t device_count;

	struct spec_number memory_limit; /* bytes */
	struct spec_number memory_reservation;
	struct spec_number memory_swap; /* memory + swap, as v1 counts */
	struct spec_number memory_swappiness;
	struct spec_number disable_oom_killer; /* 0 or 1 */
	struct spec_number memory_kernel;      /* bytes; ignored with a warning */
	struct spec_number memory_kernel_tcp;
	bool is_memory_checked; /* checkBeforeUpdate: not below what is in use */

	struct spec_number cpu_shares;
	struct spec_number cpu_quota; /* microseconds */
	struct spec_number cpu_period;
	struct spec_number cpu_burst;
	struct spec_number cpu_rt_runtime;
	struct spec_number cpu_rt_period;
	struct spec_number cpu_idle;
	char *cpus;
	char *mems;

	struct spec_number pids_limit;

	struct spec_number blkio_weight;
	struct spec_number blkio_leaf_weight;
	struct spec_device_rate *blkio_weight_devices;
	size_t blkio_weight_device_count;
	struct spec_device_rate *blkio_leaf_weight_devices;
	size_t blkio_leaf_weight_device_count;
	struct spec_device_rate *blkio_read_bps;
	size_t blkio_read_bps_count;
	struct spec_device_rate *blkio_write_bps;
	size_t blkio_write_bps_count;
	struct spec_device_rate *blkio_read_iops;
	size_t blkio_read_iops_count;
	struct spec_device_rate *blkio_write_iops;
	size_t blkio_write_iops_count;

	struct spec_hugepage_limit *hugepages;
	size_t hugepage_count;

	struct spec_number network_class_id;
	struct spec_network_priority *network_priorities;
	size_t network_priority_count;
	struct spec_rdma_limit *rdma;
	size_t rdma_count;
	struct strv unified; /* "memory.high=123" for cgroup v2 */
};

struct spec_seccomp_arg {
	uint32_t index;
	uint64_t value;
	uint64_t value_two;
	char *op; /* "SCMP_CMP_EQ" ... */
};

struct spec_seccomp_rule {
	struct strv names;
	char *action; /* "SCMP_ACT_ALLOW" ... */
	bool has_errno;
	uint32_t errno_ret;
	struct spec_seccomp_arg *args;
	size_t arg_count;
};

struct spec_seccomp {
	char *default_action;
	bool has_default_errno;
	uint32_t default_errno_ret;
	struct strv architectures; /* "SCMP_ARCH_X86_64" */
	struct strv flags;
	char *listener_path;
	char *listener_metadata;
	/* annotation run.oci.seccomp_fail_unknown_syscall: names that are not known here are
	 * not skipped */
	bool fails_unknown_syscall;
	struct spec_seccomp_rule *rules;
	size_t rule_count;
};

struct spec_hook {
	char *path;
	struct strv args;
	struct strv env;
	int timeout_s; /* 0: none */
};

struct spec_hooks {
	struct spec_hook *items;
	size_t count;
	/* annotations run.oci.hooks.stdout and stderr: files that they append to; NULL */
	char *output_path;
	char *error_path;
};

struct spec_net_device { /* an interface of ours that moves into the container */
	char *name;
	char *new_name; /* there; NULL: the same */
};

struct spec_memory_policy {
	bool is_set;
	uint32_t mode;	/* MPOL_* */
	uint32_t flags; /* MPOL_F_* */
	char *nodes;	/* "0-1"; NULL: none */
};

/* What crun's callers ask for by annotations "run.oci.NAME"; see docs/hoy-runtime.md. */
struct spec_extensions {
	bool keeps_groups;	  /* keep_original_groups: setgroups(2) is left out */
	char *pidfd_receiver;	  /* a unix socket that gets init's pidfd, as --pidfd-socket */
	char *mount_context_type; /* of linux.mountLabel: "context", "rootcontext" ... */
};

struct spec {
	struct arena *arena; /* everything below lives here; borrowed */

	char *oci_version;
	char *root_path;
	bool is_root_readonly;
	struct spec_mount *mounts;
	size_t mount_count;
	bool has_process;
	struct spec_process process;
	char *hostname;
	char *domainname;
	struct strv annotations; /* "key=value" */
	struct spec_extensions extensions;

	struct spec_namespace *namespaces;
	size_t namespace_count;
	struct spec_id_mappings uid_mappings;
	struct spec_id_mappings gid_mappings;
	struct strv time_offsets; /* "monotonic SECONDS NANOSECONDS" */
	struct spec_device *devices;
	size_t device_count;
	char *cgroups_path;
	struct spec_resources resources;
	struct strv sysctls; /* "net.ipv4.ip_forward=1" */
	bool has_seccomp;
	struct spec_seccomp seccomp;
	char *rootfs_propagation;
	struct strv masked_paths;
	struct strv readonly_paths;
	char *mount_label;
	uint32_t personality; /* 0xffffffff: leave */
	struct spec_net_device *net_devices;
	size_t net_device_count;
	struct spec_memory_policy memory_policy;

	struct spec_hooks hooks_prestart;
	struct spec_hooks hooks_create_runtime;
	struct spec_hooks hooks_create_container;
	struct spec_hooks hooks_start_container;
	struct spec_hooks hooks_poststart;
	struct spec_hooks hooks_poststop;
};

#endif
