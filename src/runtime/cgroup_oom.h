/*
 * Being told when memory runs out in a group.
 *
 * v1 counts on an eventfd, v2 changes memory.events, which inotify sees.
 *
 * Runs in: runtime.
 * See: Documentation/admin-guide/cgroup-v1/memory.rst "OOM Control"; cgroup-v2.rst
 * "memory.events".
 */
#ifndef HOY_RUNTIME_CGROUP_OOM_H
#define HOY_RUNTIME_CGROUP_OOM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "runtime/cgroup.h"

struct cgroup_oom {
	int fd;		 /* to be polled for input; -1: nobody counts */
	int dir_fd;	 /* of the group that is watched, borrowed from the cgroup */
	bool is_unified; /* v2 */
	uint64_t kills;	 /* v2: what has been told already */
};

/* The group stays open as long as it is watched. Returns 0 or -errno; without a memory
 * controller nothing will ever happen. */
int cgroup_oom_open(const struct cgroup *cgroup, struct cgroup_oom *ret, struct err *e);
void cgroup_oom_close(struct cgroup_oom *oom);

/* `fd` has input: did memory run out since the last time? False also for a group that is being
 * removed. */
bool cgroup_oom_read(struct cgroup_oom *oom);

#endif
