/*
 * The plan: everything that hoy-init does, as one flat block of memory.
 *
 * The runtime builds it from a spec and facts of the host (a pure function, see
 * runtime/plan_build.h), seals it in a memfd and hands it to hoy-init, which checks every
 * offset once (plan_check) and then only follows it. It holds no pointers: texts are offsets of
 * NUL-terminated bytes from the start of the block (0 = absent), arrays are {offset, count}.
 * Descriptors are numbers that init inherits; -1 = none. Both sides are built together: a wrong
 * version is refused, never converted.
 *
 * Runs in: runtime (writes), init (reads).
 * See: OCI runtime-spec config.md, config-linux.md.
 */
#ifndef HOY_PROTO_PLAN_H
#define HOY_PROTO_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	PLAN_MAGIC = 0x4e414c50, /* "PLAN" */
	PLAN_VERSION = 4,
	PLAN_SIZE_MAX = 64 * 1024 * 1024,
	/* Descriptors that init is executed with; all others that it gets are named in the
	   plan. */
	PLAN_FD = 3,
	PLAN_SYNC_FD = 4,
	PLAN_FILTER_SIZE = 8 /* of one struct sock_filter */
};

/* A scalar that says: leave it as it is inherited. */
#define PLAN_LEAVE 0xffffffffU

typedef uint32_t plan_text; /* offset of a NUL-terminated text; 0 = absent */

struct plan_list {
	uint32_t offset; /* of the first element; 0 when count is 0 */
	uint32_t count;
};

enum plan_kind {
	PLAN_RUN, /* the birth of a container: the long table of stages */
	PLAN_EXEC /* one more process in a running one: the short table */
};

enum plan_flags {
	/* a pty from the container's own devpts becomes stdio; its master goes to console_fd */
	PLAN_TERMINAL = 1 << 0,
	PLAN_NO_NEW_PRIVILEGES = 1 << 1,
	PLAN_ROOT_READONLY = 1 << 2,
	PLAN_NEW_KEYRING = 1 << 3, /* join a fresh session keyring */
	/* --init: init stays pid 1, reaps and forwards; the program is its child */
	PLAN_REAPER = 1 << 4,
	/* MS_MOVE and chroot, for a root that is an initramfs */
	PLAN_NO_PIVOT = 1 << 5,
	/* a new user namespace: wait for the maps, then become 0 */
	PLAN_NEW_USER = 1 << 6,
	/* READY, then wait for SYNC_START; without it READY is not waited for */
	PLAN_WAIT_START = 1 << 7,
	/* PR_SET_PDEATHSIG SIGKILL: a foreground exec ends with its client */
	PLAN_DIE_WITH_PARENT = 1 << 8,
	PLAN_TRACE = 1 << 9, /* report every stage with SYNC_STAGE */
	/* unprivileged user namespace: leave the supplementary groups */
	PLAN_SETGROUPS_DENIED = 1 << 10,
	PLAN_HAS_OOM_SCORE = 1 << 11,
	PLAN_HAS_UMASK = 1 << 12,
	/* a user namespace is joined: become 0 in it */
	PLAN_BECOME_ROOT = 1 << 13,
	/* before the pivot (exec: before READY): SYNC_HOOKS, wait for SYNC_HOOKS_DONE */
	PLAN_PARENT_HOOKS = 1 << 14,
	/* the network namespace is new: its loopback is set up */
	PLAN_LOOPBACK_UP = 1 << 15,
	/* with TERMINAL: it puts no CR before the program's LF */
	PLAN_TERMINAL_PLAIN = 1 << 16,
	PLAN_FLAGS = (1 << 17) - 1
};

/*
 * Join the namespace behind `fd`; `type` is its CLONE_NEW* flag. For PLAN_EXEC one entry with a
 * pidfd and several flags. With CLONE_NEWNS among them the root directory becomes that of the
 * namespace.
 */
struct plan_namespace {
	int32_t fd;
	uint32_t type;
};

enum plan_mount_flags {
	/* fill a new tmpfs with what the image has at the destination */
	PLAN_MOUNT_TMPCOPYUP = 1 << 0,
	/* the destination is a file: make one if it is missing */
	PLAN_MOUNT_FILE = 1 << 1,
	/* the container's view of the cgroups (type cgroup), see plan_header.cgroup_mounts */
	PLAN_MOUNT_CGROUP = 1 << 2,
	/* go on when the kernel lacks the file system (mqueue) */
	PLAN_MOUNT_OPTIONAL = 1 << 3,
	PLAN_MOUNT_RBIND = 1 << 4,
	/* a source that is a symbolic link is itself mounted */
	PLAN_MOUNT_NOFOLLOW = 1 << 5,
	PLAN_MOUNT_IN_PROC_OK = 1 << 6, /* the destination is on the allow-list below /proc */
	/* a destination that is a symbolic link is itself covered */
	PLAN_MOUNT_ON_LINK = 1 << 7,
	/* a source that is a symbolic link is made anew at the destination */
	PLAN_MOUNT_COPY_LINK = 1 << 8,
	/* read-only once everything inside is made: a /dev, a tmpfs with mounts in it */
	PLAN_MOUNT_READONLY_LAST = 1 << 9,
	PLAN_MOUNT_LABELED = 1 << 10 /* the file system takes plan_header.mount_label */
};

struct plan_mount {
	/* path inside the root; resolved there with openat2(RESOLVE_IN_ROOT) */
	plan_text destination;
	plan_text type; /* file system type; absent for a bind mount */
	/* bind: host path, opened before the pivot; else the device text of the file system */
	plan_text source;
	plan_text data; /* file-system options, comma separated */
	/* bind: a detached mount (open_tree with OPEN_TREE_CLONE), instead of `source`; -1 none
	 */
	int32_t source_fd;
	int32_t userns_fd;    /* idmapped: the user namespace; -1 none */
	uint32_t flags;	      /* enum plan_mount_flags */
	uint32_t propagation; /* MS_PRIVATE.. (| MS_REC) or 0 */
	uint64_t attr_set;    /* MOUNT_ATTR_* of mount_setattr(2) */
	uint64_t attr_clear;
	uint64_t attr_set_recursive; /* the r* options: with AT_RECURSIVE */
	uint64_t attr_clear_recursive;
};

struct plan_device {
	plan_text path; /* inside the root; below /dev usually */
	uint32_t type;	/* S_IFCHR, S_IFBLK, S_IFIFO */
	uint32_t major;
	uint32_t minor;
	uint32_t mode; /* permission bits */
	uint32_t uid;
	uint32_t gid;
};

struct plan_pair { /* a sysctl (key with slashes, relative to /proc/sys), a link, ... */
	plan_text key;
	plan_text value;
};

/* What is in the memfd plan_header.state_fd. */
enum plan_state {
	PLAN_STATE_CREATING, /* for the createContainer hooks */
	PLAN_STATE_CREATED,  /* for the startContainer hooks */
	PLAN_STATE_AGENT,    /* for who gets the seccomp listener */
	PLAN_STATE_COUNT
};

struct plan_rlimit {
	uint32_t resource; /* RLIMIT_* */
	uint32_t unused;
	uint64_t soft;
	uint64_t hard;
};

/* v1: one hierarchy to show below /sys/fs/cgroup; v2: one with an empty name */
struct plan_cgroup_mount {
	plan_text name;	   /* "memory", "systemd", "" */
	plan_text options; /* v1: the controllers, or "none,name=systemd" */
	/* the container's own directory on the host, for a bind mount where there is no cgroup
	 * namespace */
	plan_text path;
	/* v1 co-mounted: names that link to it, comma separated; absent: none */
	plan_text links;
	int32_t source_fd; /* instead of `path`: a detached mount; -1 none */
	uint32_t unused;
};

struct plan_hook {
	plan_text path;
	struct plan_list args; /* of plan_text */
	struct plan_list env;  /* of plan_text */
	uint32_t timeout_s;    /* 0: none */
	uint32_t unused;
};

enum plan_root_kind {
	PLAN_ROOT_NONE,	     /* PLAN_EXEC, or no mount namespace of its own */
	PLAN_ROOT_DIRECTORY, /* bind root_path onto itself */
	PLAN_ROOT_MOUNT	     /* root_fd, a detached mount */
};

struct plan_header {
	uint32_t magic;
	uint32_t version;
	uint32_t size; /* of the whole block */
	uint32_t kind; /* enum plan_kind */
	uint64_t flags;

	/* namespaces */
	struct plan_list join_namespaces; /* plan_namespace, in the order to join */
	/* CLONE_NEWCGROUP, CLONE_NEWTIME...: made by init itself, after the cgroup join */
	uint64_t unshare;
	/* int32_t: "tasks" or "cgroup.procs" files, "0" is written to each */
	struct plan_list cgroup_fds;
	/*
	 * New namespaces that must be made after others were joined, so not by who launches us:
	 * init joins, and makes a child in them that goes on (init/init_birth.c). 0: none.
	 */
	uint64_t birth;
	plan_text time_offsets; /* the text for /proc/self/timens_offsets */

	/* root */
	uint32_t root_kind;
	int32_t root_fd; /* of PLAN_ROOT_MOUNT; -1 */
	plan_text root_path;
	/*
	 * The host's /dev/null for masked files, a read-only detached mount; -1: cloned by init
	 * itself, where there is something to mask
	 */
	int32_t null_fd;
	uint32_t root_propagation; /* MS_* for "/" after the pivot; 0: private */
	struct plan_list mounts;   /* plan_mount, in order */
	/* plan_cgroup_mount, for the mount with PLAN_MOUNT_CGROUP */
	struct plan_list cgroup_mounts;
	uint32_t is_cgroup_v2;
	struct plan_list devices; /* plan_device */
	/* plan_pair: path inside the root -> text of the symbolic link (/dev/fd ...) */
	struct plan_list links;
	struct plan_list masked;   /* plan_text */
	struct plan_list readonly; /* plan_text */
	struct plan_list sysctls;  /* plan_pair */
	plan_text hostname;
	plan_text domainname;

	/* process */
	struct plan_list args; /* plan_text, byte-exact */
	struct plan_list env;  /* plan_text */
	plan_text cwd;
	uint32_t uid;
	uint32_t gid;
	struct plan_list groups; /* uint32_t */
	uint32_t umask;
	int32_t oom_score_adj;
	struct plan_list rlimits; /* plan_rlimit */
	uint64_t cap_bounding;
	uint64_t cap_effective;
	uint64_t cap_permitted;
	uint64_t cap_inheritable;
	uint64_t cap_ambient;
	struct plan_list seccomp;  /* struct sock_filter, ready to load; count 0: none */
	uint32_t seccomp_flags;	   /* SECCOMP_FILTER_FLAG_* */
	int32_t seccomp_notify_fd; /* where the listener is sent; -1 none */
	plan_text apparmor;
	plan_text selinux;
	plan_text mount_label;	      /* absent: SELinux is not in use */
	plan_text mount_label_option; /* "context", "rootcontext" ... */
	uint32_t personality;	      /* PLAN_LEAVE: leave */
	/* a connected unix socket that gets the pty master (SCM_RIGHTS); -1 without TERMINAL */
	int32_t console_fd;
	uint32_t console_rows; /* 0: leave */
	uint32_t console_columns;
	/* int32_t, ascending: descriptors that the program inherits at the same number
	 * (--preserve-fds); 3 and 4 may be among them, see main/hoy_init.c */
	struct plan_list keep_fds;
	/* plan_hook: createContainer, after the mounts, before the pivot */
	struct plan_list hooks_create;
	struct plan_list hooks_start; /* plan_hook: startContainer, just before execve */
	/* what they print is appended to these files; -1: kept, for the sentence */
	int32_t hook_output_fd;
	int32_t hook_error_fd;
	/*
	 * A memfd that the parent fills before SYNC_HOOKS_DONE, for only then is our pid known:
	 * PLAN_STATE_COUNT texts, each ended by NUL. -1: nobody needs it.
	 */
	int32_t state_fd;
	uint32_t scheduler_policy; /* PLAN_LEAVE: leave */
	int32_t scheduler_nice;
	uint32_t scheduler_priority;
	uint64_t scheduler_flags; /* SCHED_FLAG_* */
	uint64_t scheduler_runtime_ns;
	uint64_t scheduler_deadline_ns;
	uint64_t scheduler_period_ns;
	uint32_t
		memory_mode; /* MPOL_* with MPOL_F_*, for set_mempolicy(2); PLAN_LEAVE: leave */
	uint32_t unused;
	/* uint64_t, bit n of word n/64: the nodes of memory_mode; the processors before and
	 * after the cgroups are joined (empty: leave) */
	struct plan_list memory_nodes;
	struct plan_list cpus_initial;
	struct plan_list cpus_final;
	uint32_t io_priority; /* as for ioprio_set(2); PLAN_LEAVE: leave */
	/*
	 * PLAN_WAIT_START by another process: a listening SOCK_SEQPACKET unix socket. Init lets
	 * go of the sync socket after READY and accepts here; who connects sends SYNC_START and
	 * then reads end of file or SYNC_ERROR. -1: the sync socket.
	 */
	/*
	 * The pid namespace to be born into (or a pidfd of a process in it); -1: the one that
	 * init is executed in. init makes its child there and ends: whoever looks around inside
	 * sees nothing but processes of the sealed memfd, never a copy of the program that
	 * launched them (CVE-2019-5736).
	 */
	int32_t pid_fd;
	int32_t wait_fd;
	/* for debugging: report this stage and wait to be stopped by the parent */
	plan_text hold_stage;
};

/* --- reading (init) ---------------------------------------------------------------------- */

/*
 * May this block be followed? Checks magic, version and size, and that every text and array
 * lies inside and every text ends. Returns 0 or -EINVAL with a sentence that names the member.
 */
int plan_check(const void *block, size_t len, struct err *e);

/* NULL for an absent text. Borrowed from the block. */
const char *plan_get_text(const struct plan_header *plan, plan_text text);
/* The first element; NULL for an empty list. `plan_array(plan, plan->mounts, struct
 * plan_mount)` */
#define plan_array(plan, list, type)                                                       \
	((list).count ? (const type *)(const void *)((const char *)(plan) + (list).offset) \
		      : NULL)

/* --- writing (runtime) ------------------------------------------------------------------- */

/* Grows with what is added. Zeroed memory is not valid: begin with plan_builder_init. */
struct plan_builder {
	struct plan_header header; /* scalars are set directly */
	struct str bytes;	   /* header included */
};

void plan_builder_init(struct plan_builder *b, enum plan_kind kind);
void plan_builder_done(struct plan_builder *b);
/* NULL gives 0. */
plan_text plan_add_text(struct plan_builder *b, const char *text);
/* Copy `count` elements of `size` bytes, 8-byte aligned. */
struct plan_list plan_add_array(struct plan_builder *b, const void *elements, size_t count,
				size_t size);
/* A list of plan_text. */
struct plan_list plan_add_texts(struct plan_builder *b, char *const *texts, size_t count);
/*
 * Complete the block and write it into a sealed memfd (F_SEAL_WRITE|SHRINK|GROW|SEAL) at offset
 * 0. Returns an fd owned by the caller, or -errno with a sentence. The builder is still to be
 * done.
 */
int plan_seal(struct plan_builder *b, struct err *e);
/* Complete the block in memory, for golden tests; borrowed from the builder. */
int plan_finish(struct plan_builder *b, const void **ret_block, size_t *ret_len);

#endif
