/*
 * The OCI verbs, parent side: a spec becomes a plan, a plan becomes a process.
 *
 *   runtime_prepare   spec -> plan (pure), seccomp filter from the cache, sealed memfds
 *   runtime_launch    clone and exec of hoy-init, whose parent the caller becomes; returns at once
 *   runtime_await     the conversation of proto/sync.h up to READY; another process may do it
 *   runtime_release   SYNC_START, then end of file (started) or the error of execve
 *   runtime_hand_over instead of release, where START comes from another process
 *
 * The engine forks between prepare and launch: the child launches and becomes the monitor while
 * the parent awaits.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_RUNTIME_H
#define HOY_RUNTIME_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "runtime/cgroup.h"
#include "spec/runtime_spec.h"

/*
 * A root file system that is made already, and where init is born. Both are borrowed until
 * runtime_launch. A container that has this gets every bind and device as a descriptor: it need
 * not have anything of the host in view.
 */
struct runtime_root {
	int mount_fd; /* a detached mount */
	/* the mount namespace that init gets a copy of; -1: ours */
	int birth_fd;
};

/* Facts of the host that a plan depends on; read once, and given by golden tests. */
struct host_facts {
	uint64_t capability_bounding; /* our own bounding set: what cannot be given is left out
					 with a warning */
	uint32_t last_capability;
	enum cgroup_mode cgroup_mode;
	bool is_rootless;
	bool has_selinux; /* looked for only where a label is asked for */
};

int host_facts_read(struct host_facts *ret, struct err *e);

struct runtime_stdio {
	int input; /* borrowed; -1: /dev/null */
	int output;
	int error;
	int console_fd; /* connected socket for the pty master when the process has a terminal;
			   -1 */
	bool is_console_plain; /* what it prints goes to a file or a pipe: no CR before a LF */
};

/*
 * The container's state as the specification has it, for hooks and seccomp agents: asked for
 * when the pid is known. `status` is the word of the moment ("creating", "created"). Zeroed:
 * nobody can say, and a spec that needs it is refused.
 */
struct runtime_state {
	void (*print)(void *context, const char *status, pid_t pid, struct str *out);
	void *context;
};

struct runtime_request {
	const struct spec *spec;
	const struct runtime_root *root; /* NULL: spec->root_path */
	struct cgroup *cgroup;		 /* made already (cgroup_create); NULL: none */
	struct runtime_stdio stdio;
	bool is_reaper;	      /* --init */
	bool waits_for_start; /* READY, then START */
	/*
	 * With waits_for_start: a listening SOCK_SEQPACKET socket on which init waits for START
	 * (proto/plan.h wait_fd), after runtime_hand_over. Then READY means that nothing but
	 * execve can go wrong. Borrowed; -1: START comes from who awaited READY.
	 */
	int wait_fd;
	/*
	 * --preserve-fds: descriptors 3 .. 3 + keep_count - 1 of ours reach the program at the
	 * same numbers. They must have been open when we were started.
	 */
	unsigned int keep_count;
	struct runtime_state state;
	bool no_pivot;
	bool no_new_keyring;
	const char *hold_stage;	   /* debugging; NULL */
	const char *seccomp_cache; /* directory path; NULL: compile each time */
	const char *seccomp_key;   /* short name of a profile whose content is known by name
				      ("default"); NULL: hash spec->seccomp */
	const char *init_path; /* hoy-init; NULL: beside the running program, then LIBEXECDIR */
};

/* Sources of mounts are among them. */
enum { RUNTIME_FDS_MAX = 512 };

struct runtime_launch {
	int plan_fd; /* sealed */
	int init_fd; /* sealed memfd of hoy-init */
	int sync_fd; /* parent's end */
	int child_sync_fd;
	uint64_t clone_flags;
	int cgroup_fd;	/* CLONE_INTO_CGROUP, borrowed from the request's cgroup; -1 */
	bool has_birth; /* what is cloned bears the init that counts: SYNC_BORN */
	int birth_fd;	/* mount namespace to be born in a copy of, borrowed; -1: ours */
	int pid_ns_fd;	/* the pid namespace (or a pidfd of a process in it) that the child is
			  born in, borrowed; -1: ours or new */
	int inherit[RUNTIME_FDS_MAX]; /* fds that must survive the exec of init, by number */
	size_t inherit_count;
	int owned[RUNTIME_FDS_MAX]; /* those that prepare opened, closed by runtime_launch_done
				     */
	size_t owned_count;
	/* where the program's 0, 1 and 2 come from; borrowed or owned */
	struct runtime_stdio stdio;
	bool waits_for_start;
	bool is_traced;
	const char *hold_stage;
	/* borrowed, for the maps of a new user namespace and hooks; NULL for exec */
	const struct spec *spec;
	const struct spec_seccomp *seccomp; /* whose agent is told the state; NULL: none */
	struct runtime_state state;
	int state_fd; /* memfd of the plan, filled when init asks for SYNC_HOOKS; -1 */
	unsigned int keep_count;
	pid_t container_pid; /* exec: of the container's init; 0 */
	pid_t pid;	     /* after runtime_launch */
	int pidfd;
};

/* Zeroed memory is not valid: prepare fills everything. On failure nothing is left open. */
int runtime_prepare(const struct runtime_request *request, struct runtime_launch *ret,
		    struct err *e);
void runtime_launch_done(struct runtime_launch *launch); /* closes what is open */

/*
 * Single-threaded caller only. Sets pid and pidfd. The child's end of the socket pair is closed
 * in the caller. A caller that has to close what it does not know keeps plan_fd, init_fd,
 * child_sync_fd, cgroup_fd, pid_ns_fd, stdio and inherit until then.
 */
int runtime_launch(struct runtime_launch *launch, struct err *e);
/*
 * Up to READY. On an error of init's own the error is its sentence. `pid` must be set when the
 * spec has a new user namespace; with `pidfd` of a child of ours the error says how init ended.
 * A second process that awaits closes its copy of child_sync_fd here.
 */
int runtime_await(struct runtime_launch *launch, struct err *e);
/* START; 0 when the user's program runs; ERR_COMMAND_MISSING / ERR_COMMAND_UNUSABLE when execve
 * failed. */
int runtime_release(struct runtime_launch *launch, struct err *e);
/* With wait_fd: the container is recorded, init is to wait there and no longer ends with us. */
int runtime_hand_over(struct runtime_launch *launch, struct err *e);
/*
 * The other process: START through `sync_fd`, a connection to wait_fd. 0 when the user's program
 * runs, or the error of init.
 */
int runtime_start_other(int sync_fd, struct err *e);

/* --- exec
 * -------------------------------------------------------------------------------------------------------------
 */

struct runtime_exec_request {
	int init_pidfd; /* of the container's init: namespaces are joined through it */
	pid_t init_pid;
	const struct spec_process *process;
	const struct spec *container; /* its personality and memory policy; NULL: as ours are */
	const struct spec_seccomp *seccomp; /* NULL: none */
	const char *seccomp_cache;
	const char *seccomp_key;
	struct cgroup *cgroup; /* of the container; NULL: none */
	struct runtime_stdio stdio;
	unsigned int keep_count;    /* as in runtime_request */
	struct runtime_state state; /* for a seccomp agent */
	bool dies_with_parent;
	const char *init_path;
};

/* As runtime_prepare; then runtime_launch (the child is created inside the container's pid
 * namespace) and runtime_release. */
int runtime_prepare_exec(const struct runtime_exec_request *request, struct runtime_launch *ret,
			 struct err *e);

/* Path of a program of ours ("hoy-init", "hoy-monitor", "hoy-image"): beside /proc/self/exe,
 * then in LIBEXECDIR. 0 or -ENOENT. */
int runtime_program_path(const char *name, char *path, size_t size, struct err *e);

#endif
