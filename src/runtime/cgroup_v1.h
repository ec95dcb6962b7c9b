/*
 * The limits of a container as cgroup v1 takes them.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_V1_H
#define HOY_RUNTIME_CGROUP_V1_H

#include "runtime/cgroup.h"

int cgroup_v1_apply(struct cgroup *cgroup, const struct spec_resources *resources,
		    bool is_update, struct err *e);

#endif
