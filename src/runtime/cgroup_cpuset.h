/*
 * Processors and memory nodes of groups in the cpuset hierarchy of cgroup v1: a group that has
 * none may not be joined (ENOSPC), and a new one has none unless the group above hands them down.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_CPUSET_H
#define HOY_RUNTIME_CGROUP_CPUSET_H

#include "base/err.h"
#include "runtime/cgroup.h"

/*
 * A parent in the cpuset hierarchy becomes visible by rename(2) when it is complete: another
 * hoy that finds it may at once make a group below it. The name before that is fixed, so that
 * what a killed hoy left is taken over by the next one.
 */
int cpuset_parent_create(const char *path, struct err *e);

/*
 * Give the group at `path`, which is open, and every group above it what they have nothing of:
 * somebody else (runc, conmon) may have made the parents and not have filled them.
 */
int cpuset_complete(const struct cgroup_hierarchy *hierarchy, const char *path, struct err *e);

#endif
