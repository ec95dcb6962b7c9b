/*
 * The limits of a container as cgroup v2 takes them, and the controllers that a group hands
 * down.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_V2_H
#define HOY_RUNTIME_CGROUP_V2_H

#include "runtime/cgroup.h"

int cgroup_v2_apply(struct cgroup *cgroup, const struct spec_resources *resources,
		    bool is_update, struct err *e);

/* Let the groups below `path` (on the host) use every controller that `path` has itself. */
int cgroup_v2_delegate(const char *path, struct err *e);

#endif
