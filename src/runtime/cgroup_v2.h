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
/* The same for all groups above the container's own, where it lacks what limits need. */
int cgroup_v2_delegate_above(const struct cgroup *cgroup, const struct cgroup_hierarchy *h,
			     struct err *e);

/* The groups of limits; `fd` is the container's directory. */
int cgroup_v2_apply_memory(int fd, const struct spec_resources *resources, bool is_update,
			   struct err *e);
int cgroup_v2_apply_cpu(int fd, const struct spec_resources *resources, bool is_update,
			struct err *e);
int cgroup_v2_apply_io(int fd, const struct spec_resources *resources, struct err *e);
int cgroup_v2_apply_hugepages(int fd, const struct spec_resources *resources, struct err *e);
int cgroup_v2_apply_rdma(int fd, const struct spec_resources *resources, struct err *e);

/*
 * On a hybrid machine: a limit of a controller that is not one of v1 but of the cgroup2 mount
 * beside it, where the container then gets a directory. Returns 0, or -EOPNOTSUPP when it is not
 * there either.
 */
int cgroup_v2_apply_stray(struct cgroup *cgroup, const char *controller,
			  const struct spec_resources *resources,
			  int (*apply)(int fd, const struct spec_resources *resources,
				       struct err *e),
			  struct err *e);

#endif
