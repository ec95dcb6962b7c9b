/*
 * The accounts of the two kinds of control groups; see cgroup_stats.h.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_STATS_KINDS_H
#define HOY_RUNTIME_CGROUP_STATS_KINDS_H

#include "runtime/cgroup_stats.h"

int cgroup_stats_read_v1(const struct cgroup *cgroup, struct arena *arena,
			 struct cgroup_stats *ret, struct err *e);
int cgroup_stats_read_v2(const struct cgroup *cgroup, struct arena *arena,
			 struct cgroup_stats *ret, struct err *e);

#endif
