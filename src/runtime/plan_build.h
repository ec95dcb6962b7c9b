/*
 * From a spec to the plan that hoy-init follows. Pure: no file is opened, no system call made;
 * what the plan depends on besides the spec comes in as facts and as numbers of descriptors, so
 * that golden tests cover it without root.
 *
 * Runs in: cli (engine), runtime.
 * See: OCI runtime-spec config.md, config-linux.md; proto/plan.h.
 */
#ifndef HOY_RUNTIME_PLAN_BUILD_H
#define HOY_RUNTIME_PLAN_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "proto/plan.h"
#include "runtime/runtime.h"
#include "runtime/seccomp.h"
#include "spec/runtime_spec.h"

/* Descriptors that init inherits, by the numbers that it will see. */
struct plan_descriptors {
	int root_fd;		  /* of the runtime_root; -1 */
	int null_fd;		  /* -1 */
	const int *namespace_fds; /* one for each of spec->namespaces: to be joined; -1: a new
				     one. NULL: all new */
	const int *mount_fds;	  /* one for each of spec->mounts: a detached mount or -1.
				     NULL: none */
	/* one for each hierarchy of the cgroup: a detached mount of its directory, or -1.
	 * NULL: none */
	const int *view_fds;
	const int *cgroup_fds;
	size_t cgroup_count;
	int console_fd;	     /* -1 */
	int wait_fd;	     /* -1 */
	int agent_fd;	     /* -1 */
	int state_fd;	     /* -1 */
	const int *hook_fds; /* what init's hooks print to: output and error, or -1. NULL: none
			      */
	unsigned int keep_count; /* 3 and up reach the program */
};

struct plan_input {
	const struct spec *spec;
	const struct runtime_root *root; /* NULL: spec->root_path */
	const struct host_facts *facts;
	const struct cgroup *cgroup;	     /* NULL: none */
	const struct seccomp_filter *filter; /* NULL: none */
	struct plan_descriptors fds;
	uint64_t flags;		/* of enum plan_flags: those that do not follow from the spec */
	const char *hold_stage; /* NULL */
};

/* `warnings` gets one sentence a line about what was asked for and is left out. Check
 * plan_finish or plan_seal afterwards. */
int plan_build(const struct plan_input *input, struct plan_builder *b, struct str *warnings,
	       struct err *e);

struct plan_exec_input {
	const struct spec_process *process;
	/* whose personality and memory policy the process gets; NULL: as we have them */
	const struct spec *container;
	const struct host_facts *facts;
	const struct seccomp_filter *filter;
	int init_pidfd;		  /* number that init sees */
	uint32_t join_namespaces; /* CLONE_NEW*: those of the container that differ from ours */
	struct plan_descriptors fds;
	uint64_t flags;
};

int plan_build_exec(const struct plan_exec_input *input, struct plan_builder *b,
		    struct str *warnings, struct err *e);

/* CLONE_NEW* flags for clone3: the new namespaces but those that init makes itself (cgroup
 * after the join, time with offsets). */
uint64_t plan_clone_flags(const struct spec *spec);
/*
 * Those that init makes for a child of its own, because namespaces are joined first: a user
 * namespace that is joined owns the new ones; what others own can no longer be joined from a
 * new one. 0: clone3 makes them.
 */
uint64_t plan_birth_flags(const struct spec *spec);
/* Is the process that we launch only the parent of the one that counts? */
bool plan_has_birth(const struct spec *spec);

/* --- parts, by noun
 * ------------------------------------------------------------------------------------------------------
 */

int plan_namespaces(const struct plan_input *input, struct plan_builder *b, struct err *e);
int plan_root(const struct plan_input *input, struct plan_builder *b, struct err *e);
int plan_mounts(const struct plan_input *input, struct plan_builder *b, struct str *warnings,
		struct err *e);
int plan_devices(const struct spec *spec, struct plan_builder *b, struct err *e);
int plan_sysctls(const struct spec *spec, struct plan_builder *b, struct err *e);
int plan_hooks(const struct spec *spec, struct plan_builder *b, struct err *e);
/* Of a run only; of an exec only. */
/* The environment, each variable once: the last of its values. 0 or -ENOMEM. */
int plan_env(const struct strv *env, struct plan_builder *b, struct err *e);
int plan_memory_policy(const struct spec_memory_policy *policy, struct plan_builder *b,
		       struct err *e);
int plan_affinity(const struct spec_process *process, struct plan_builder *b, struct err *e);
int plan_process(const struct spec_process *process, const struct host_facts *facts,
		 struct plan_builder *b, struct str *warnings, struct err *e);

/* Is a namespace of this CLONE_NEW* type new or joined, so not the host's? */
bool spec_has_namespace(const struct spec *spec, int type);
bool spec_has_new_namespace(const struct spec *spec, int type);

#endif
