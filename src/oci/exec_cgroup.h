/*
 * Where in the container's cgroup an exec is put.
 *
 * Runs in: runtime.
 * See: runc-exec(8) "--cgroup"; cgroup-v2.rst "No Internal Process Constraint".
 */
#ifndef HOY_OCI_EXEC_CGROUP_H
#define HOY_OCI_EXEC_CGROUP_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "runtime/cgroup.h"

/*
 * `cgroup` is the container's, opened; afterwards its descriptors are those of the groups to
 * join. `wanted` are the values of --cgroup; none: the container's own group, or on v2 that of
 * its init, which may have moved into one below to make more of them. Returns 0 or -errno.
 */
int exec_cgroup_choose(struct cgroup *cgroup, const struct strv *wanted, pid_t init_pid,
		       struct err *e);

#endif
