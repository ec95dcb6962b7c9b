/*
 * The descriptors of a launch: moved out of the way of 0 to 4, where init finds what it is
 * given, and remembered.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_LAUNCH_FDS_H
#define HOY_RUNTIME_LAUNCH_FDS_H

#include "base/err.h"
#include "runtime/runtime.h"

/* Nothing open, nothing named. */
void launch_init(struct runtime_launch *launch);

/* `take_fd` belongs to the launch from now on, at a number that is returned: 10 or above. */
int launch_own(struct runtime_launch *launch, int take_fd, struct err *e);

/* `fd` (borrowed) reaches init: returns the number that init will see it at. */
int launch_inherit(struct runtime_launch *launch, int fd, struct err *e);

/* Fill stdio: what is -1 becomes the verified /dev/null. */
int launch_stdio(struct runtime_launch *launch, const struct runtime_stdio *stdio,
		 struct err *e);

/* The pair of sync sockets. */
int launch_sync(struct runtime_launch *launch, struct err *e);

/* The v1 files that init writes "0" to, and the directory for CLONE_INTO_CGROUP. Returns how
 * many files. */
int launch_cgroup(struct runtime_launch *launch, const struct cgroup *cgroup,
		  int fds[CGROUP_HIERARCHIES_MAX], struct err *e);

#endif
