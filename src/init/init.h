/*
 * What the stages of hoy-init share.
 *
 * hoy-init is one process that walks once through a table of stages (stages.c) and ends in
 * execve. Each stage is one function of one file: it reads the plan, changes the world, and
 * leaves behind only what stands here.
 *
 * Runs in: init.
 */
#ifndef HOY_INIT_INIT_H
#define HOY_INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "proto/plan.h"

struct init {
	const struct plan_header *plan; /* checked, in a mapping that is never unmapped */
	int sync_fd;
	int root_fd;  /* the container's root directory, before the pivot and after it; -EBADF
			 until it is made */
	int dev_fd;   /* its /dev, resolved once; -EBADF until somebody needs it */
	int proc_fd;  /* a procfs mount of our own making, for sysctls; -EBADF: none yet */
	int null_fd;  /* read-only mount of the host's /dev/null, for masked files; -EBADF: not
			 needed */
	int label_fd; /* /proc/self/attr/exec of the host's procfs, for the security label;
			 -EBADF: not needed */
	/* what is to be made read-only when everything inside is made (PLAN_MOUNT_READONLY_LAST)
	 */
	int *readonly_last; /* NULL: nothing */
	uint32_t readonly_last_count;
	bool is_slave; /* the tree hears of the host's mounts */
	int *sources;  /* of plan->mounts: what was cloned before the tree was made private;
			 NULL: nothing */
	char *state[PLAN_STATE_COUNT]; /* NULL: nobody needs it */
	char **argv;
	char **envp;
	bool is_in_cgroups;
	bool is_in_namespaces; /* those to be joined */
	bool is_time_made;     /* the new time namespace */
	bool is_cwd_set;
	uint16_t machine; /* of the program, where it is ELF; for explaining why it could not be
			     executed */
	bool is_script;
};

/* --- stages, in the order of the birth: 0 or -errno with a sentence
 * ---------------------------------------------------- */

int init_namespaces(struct init *init, struct err *e);
int init_identity(struct init *init, struct err *e);
int init_propagation(struct init *init, struct err *e);
int init_root(struct init *init, struct err *e);
int init_mounts(struct init *init, struct err *e);
int init_devices(struct init *init, struct err *e);
int init_hooks_create(struct init *init, struct err *e);
int init_pivot(struct init *init, struct err *e);
int init_console(struct init *init, struct err *e);
int init_hostname(struct init *init, struct err *e);
int init_sysctl(struct init *init, struct err *e);
int init_masks(struct init *init, struct err *e);
int init_no_new_privileges(struct init *init, struct err *e);
int init_ready(struct init *init, struct err *e);
int init_privileges(struct init *init, struct err *e);
int init_seccomp(struct init *init, struct err *e);
int init_wait(struct init *init, struct err *e);
int init_hooks_start(struct init *init, struct err *e);
int init_exec(struct init *init, struct err *e); /* returns only with an error */

/* --- what stages lend each other
 * --------------------------------------------------------------------------------------- */

/* Take over the descriptors: map and check the plan, close what it does not name. */
int init_adopt(struct init *init, int plan_fd, struct err *e);
/* Into the cgroups of the plan, once. */
int init_join_cgroups(struct init *init, struct err *e);
int init_set_oom_score(struct init *init, struct err *e);
/* Is the module of the plan's label there? Asked while /sys is the host's. */
int init_check_label(const struct init *init, struct err *e);
/* Into the namespaces that the plan names, once. */
int init_join_namespaces(struct init *init, struct err *e);
/*
 * Into a pid namespace that others live in, or around a user namespace: returns 0 in the child
 * that is born there; the caller itself ends.
 */
int init_birth(struct init *init, struct err *e);
/* Walk through the stages of the plan's kind. Returns only with an error. */
int init_walk(struct init *init, struct err *e);
/* Report the stage where the plan wants that, and stand still there when it is the one to be
 * held at. */
int init_report_stage(struct init *init, int stage, struct err *e);

/* The container's /dev, made where it is missing. Returns init->dev_fd (borrowed) or -errno. */
int init_open_dev(struct init *init, struct err *e);
/* Make this mount of the plan, by its descriptor, which is taken, read-only after all others. */
int init_readonly_last(struct init *init, int *fd, struct err *e);
/* The view of the cgroups: a mount with PLAN_MOUNT_CGROUP. */
int init_mount_cgroups(struct init *init, const struct plan_mount *mount, struct err *e);
/* A new file system as a detached mount owned by the caller. */
int init_make_filesystem(const struct init *init, const struct plan_mount *mount,
			 struct err *e);
/* Does an option not fit into fsconfig(2)? Then it is for the classic mount(2). */
bool init_is_filesystem_classic(const struct init *init, const struct plan_mount *mount);
int init_mount_classic(struct init *init, const struct plan_mount *mount, struct err *e);
/* A bind's source as a detached mount owned by the caller. */
int init_open_source(const struct init *init, const struct plan_mount *mount, struct err *e);
/* Where a mount goes, made where it is missing: an O_PATH fd owned by the caller. */
int init_open_destination(struct init *init, const struct plan_mount *mount, bool is_directory,
			  struct err *e);
/* Copy everything below the directory `from` into `to`, which is empty. */
int init_copy_up(int from_fd, int to_fd, struct err *e);
/* Take away what the old root, once it is covered, would still give away; init_old_root.c. */
int init_hide_old_root(const struct init *init, struct err *e);
/* Read-only and propagation of the root, when nothing more is mounted in it. */
int init_finish_root(struct init *init, struct err *e);
/* Clone the host's /dev/null while it is in reach. */
int init_open_null(struct init *init, struct err *e);

/* HOME of the user, where the environment has none. */
int init_add_home(struct init *init, struct err *e);
/* Can the program be found, and is it one? Only looks. */
int init_look_at_command(struct init *init, struct err *e);
/* execve, along the PATH where it has no slash. Returns only with an error, of kind
 * COMMAND_MISSING or COMMAND_UNUSABLE. */
int init_execute(struct init *init, struct err *e);
/* Load the filter and give its listener to the agent of plan->seccomp_notify_fd. */
int init_load_with_agent(struct init *init, struct err *e);
/* PLAN_REAPER: run the program as a child and stay. Returns only with an error, in one process
 * or the other. */
int init_reap(struct init *init, struct err *e);

#endif
