/*
 * The container's view of its control groups, for init: what to mount below /sys/fs/cgroup.
 *
 * Runs in: cli (engine), runtime.
 */
#include <string.h>

#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"

static struct plan_cgroup_mount hierarchy_plan(const struct cgroup *cgroup,
					       const struct cgroup_hierarchy *h,
					       struct plan_builder *b)
{
	char own[PATH_MAX];
	char path[CGROUP_PATH_MAX] = "";
	const char *group = cgroup->path;

	/* Without a group of its own (rootless) the container stays in its caller's. */
	if (cgroup->mode == CGROUP_V2 && cgroup->is_optional && h->fd < 0 &&
	    cgroup_hierarchies_own(own, sizeof(own), NULL) == 0)
		group = own;
	(void)cgroup_host_path(h, group, path, sizeof(path));
	return (struct plan_cgroup_mount){
		.name = plan_add_text(b, h->name),
		.options = plan_add_text(b, h->options),
		.path = plan_add_text(b, path),
		.links = strchr(h->name, ',') ? plan_add_text(b, h->name) : 0,
	};
}

/* Of v1 only what there is: the groups of others are no business of a container's. */
static bool is_shown(const struct cgroup *cgroup, const struct cgroup_hierarchy *h)
{
	return h->is_wanted &&
	       (cgroup->mode == CGROUP_V2 || !cgroup->is_optional || h->fd >= 0);
}

void cgroup_plan(const struct cgroup *cgroup, struct plan_builder *b)
{
	struct plan_cgroup_mount mounts[CGROUP_HIERARCHIES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		if (is_shown(cgroup, &cgroup->hierarchies[i]))
			mounts[count++] = hierarchy_plan(cgroup, &cgroup->hierarchies[i], b);
	}
	b->header.is_cgroup_v2 = cgroup->mode == CGROUP_V2;
	b->header.cgroup_mounts = plan_add_array(b, mounts, count, sizeof(mounts[0]));
}
