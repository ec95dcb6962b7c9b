/*
 * Which hierarchies this machine has, and in which of them every container gets a directory.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_HIERARCHIES_H
#define HOY_RUNTIME_CGROUP_HIERARCHIES_H

#include <stddef.h>

#include "base/err.h"
#include "runtime/cgroup.h"

/* Fill mode, hierarchies and count from the text of /proc/self/cgroup, which is taken apart.
 * Returns 0 or -EINVAL, -E2BIG. */
int cgroup_hierarchies_parse(struct cgroup *cgroup, char *text);

/* The same from the machine. */
int cgroup_hierarchies_read(struct cgroup *cgroup, struct err *e);

/* The caller's own group on a machine with cgroup v2 alone ("" is the root). Returns 0, -ENOENT
 * (it is not such a machine), or -errno. */
int cgroup_hierarchies_own(char *ret, size_t size, struct err *e);

#endif
