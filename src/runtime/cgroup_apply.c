/*
 * The limits of a container, on whichever kind of control groups this machine has.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup.h"
#include "runtime/cgroup_v1.h"
#include "runtime/cgroup_v2.h"

int cgroup_apply(struct cgroup *cgroup, const struct spec_resources *resources, bool is_update,
		 struct err *e)
{
	int r = 0;

	if (cgroup->mode == CGROUP_V2)
		r = cgroup_v2_apply(cgroup, resources, is_update, e);
	else if (cgroup->mode != CGROUP_NONE)
		r = cgroup_v1_apply(cgroup, resources, is_update, e);
	else if (resources->memory_limit.is_set || resources->pids_limit.is_set ||
		 resources->cpu_quota.is_set)
		r = err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			    "limits: this machine has no control groups mounted");
	return r < 0 ? err_wrap(e, r, "limit cgroup %s", cgroup->path) : 0;
}
