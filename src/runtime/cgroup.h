/*
 * The control groups of one container: a directory with its limits in every hierarchy.
 *
 * v1: init joins by writing "0" to `tasks` of each hierarchy (0.3 ms against 6-12 ms for a pid
 * in cgroup.procs). v2: clone3 with CLONE_INTO_CGROUP. Hybrid (v1 controllers and a cgroup2
 * mount that may list a stray controller) is v1 with one more directory. Everything below
 * "/<parent>/<id>" is ours; the parent is made on first use and removed by
 * cgroup_remove_parent.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroups(7), Documentation/admin-guide/cgroup-v1, cgroup-v2.rst.
 */
#ifndef HOY_RUNTIME_CGROUP_H
#define HOY_RUNTIME_CGROUP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "proto/plan.h"
#include "spec/runtime_spec.h"

enum cgroup_mode { CGROUP_NONE, CGROUP_V1, CGROUP_HYBRID, CGROUP_V2 };
enum { CGROUP_HIERARCHIES_MAX = 16, CGROUP_NAME_MAX = 64 };

enum cgroup_controller { /* bits of cgroup_hierarchy.controllers */
			 CGROUP_CPU = 1 << 0,
			 CGROUP_CPUACCT = 1 << 1,
			 CGROUP_CPUSET = 1 << 2,
			 CGROUP_MEMORY = 1 << 3,
			 CGROUP_PIDS = 1 << 4,
			 CGROUP_DEVICES = 1 << 5,
			 CGROUP_FREEZER = 1 << 6,
			 CGROUP_BLKIO = 1 << 7, /* v2: io */
			 CGROUP_HUGETLB = 1 << 8,
			 CGROUP_NET_CLS = 1 << 9,
			 CGROUP_OTHER = 1 << 10, /* perf_event, misc: not used */
			 CGROUP_NAMED = 1 << 11, /* v1 without controller: name=systemd */
			 CGROUP_UNIFIED =
				 1 << 12, /* cgroup2: the only one (v2), or beside v1 (hybrid)
					   */
			 CGROUP_NET_PRIO = 1 << 13,
			 CGROUP_RDMA = 1 << 14
};

struct cgroup_hierarchy {
	char name[CGROUP_NAME_MAX]; /* directory below /sys/fs/cgroup: "memory", "cpu,cpuacct",
				       "systemd", "unified"; "" for v2 */
	char options[CGROUP_NAME_MAX]; /* mount options: "memory", "none,name=systemd" */
	uint32_t controllers;	       /* enum cgroup_controller */
	bool is_wanted; /* every container has a directory here; else only where a limit asks
			   for it */
	bool was_there; /* cgroup_create found the directory made */
	int fd;		/* of the container's directory; -1 */
};

struct cgroup {
	enum cgroup_mode mode;
	char path[PATH_MAX]; /* "/hoy-12345678/ID", the same in every hierarchy */
	/* set after cgroup_init by who is not root: a directory that may not be made is done
	 * without, and device rules that may not be given */
	bool is_optional;
	/* set after cgroup_init when the parents may be others': what a group inherits from
	 * them is not taken for granted */
	bool is_foreign;
	struct cgroup_hierarchy hierarchies[CGROUP_HIERARCHIES_MAX];
	size_t count;
};

/* Find the hierarchies of this machine and name the group; touches nothing. */
int cgroup_init(struct cgroup *cgroup, const char *path, struct err *e);
void cgroup_done(struct cgroup *cgroup);

/* mkdir in every hierarchy and open the directories; an existing one is taken over (was_there).
 */
int cgroup_create(struct cgroup *cgroup, struct err *e);
/* Open the directories of an existing one; missing hierarchies are left at -1. */
int cgroup_open(struct cgroup *cgroup, struct err *e);
/* Write limits: each failure names the file, the value and the cause. `is_update`: only what is
 * set. */
int cgroup_apply(struct cgroup *cgroup, const struct spec_resources *resources, bool is_update,
		 struct err *e);
/* Descriptors of the files that init writes "0" to (v1), in the caller's array. Returns the
 * count. */
int cgroup_open_join_files(const struct cgroup *cgroup, int fds[CGROUP_HIERARCHIES_MAX],
			   struct err *e);
/* Fill the plan's view of the cgroups (the /sys/fs/cgroup mount). `view_fds` is as in
 * plan_build.h; NULL: none. */
void cgroup_plan(const struct cgroup *cgroup, const int *view_fds, struct plan_builder *b);
/* The container's directory in hierarchy `i` as a detached mount, an fd owned by the caller; -1:
 * it is not shown. */
int cgroup_view_open(const struct cgroup *cgroup, size_t i, int *ret_fd, struct err *e);

/* Freeze or thaw all processes. */
int cgroup_freeze(struct cgroup *cgroup, bool is_frozen, struct err *e);
int cgroup_is_frozen(struct cgroup *cgroup);
/* Thaw, then SIGKILL to every process until none is left (v2: cgroup.kill). Bounded: -ETIMEDOUT
 * after `timeout_ns`. */
int cgroup_kill(struct cgroup *cgroup, uint64_t timeout_ns, struct err *e);
/* Pids on the host of all processes; `ret_pids` from malloc. */
int cgroup_pids(struct cgroup *cgroup, pid_t **ret_pids, size_t *ret_count, struct err *e);
/* rmdir in every hierarchy, nested groups first; gone already is fine; -EBUSY while processes
 * are left. */
int cgroup_remove(struct cgroup *cgroup, struct err *e);
/* Of what cgroup_create has opened, the directories that it made itself. */
void cgroup_remove_new(const struct cgroup *cgroup);
/* rmdir the parent ("/hoy-12345678") where it is empty. */
void cgroup_remove_parent(const char *parent);
/* Directory fd of the hierarchy that counts OOM kills, borrowed; -1 none. */
int cgroup_memory_fd(const struct cgroup *cgroup);
/* Directory fd for clone3's CLONE_INTO_CGROUP (cgroup2, alone or beside v1), borrowed; -1: not
 * needed. */
int cgroup_into_fd(const struct cgroup *cgroup);
/* Move the calling process out of its caller's unit, into "<parent>/_monitor" of name=systemd
 * or v2. Best effort. */
void cgroup_leave_unit(const char *parent);

#endif
