/*
 * See cgroup_stats.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/cgroup_stats.h"

#include "runtime/cgroup_stats_kinds.h"

int cgroup_stats_read(const struct cgroup *cgroup, struct arena *arena,
		      struct cgroup_stats *ret, struct err *e)
{
	int r = 0;

	*ret = (struct cgroup_stats){ 0 };
	if (cgroup->mode == CGROUP_V2)
		r = cgroup_stats_read_v2(cgroup, arena, ret, e);
	else if (cgroup->mode != CGROUP_NONE)
		r = cgroup_stats_read_v1(cgroup, arena, ret, e);
	return r < 0 ? err_wrap(e, r, "cgroup %s", cgroup->path) : 0;
}
