/*
 * The container's view of its control groups, for init: what to mount below /sys/fs/cgroup.
 *
 * Runs in: cli (engine), runtime.
 */
#include <fcntl.h>
#include <string.h>

#include "linux/mounts.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"

/* Without a group of its own (rootless) the container stays in its caller's. */
static void view_path(const struct cgroup *cgroup, const struct cgroup_hierarchy *h,
		      char path[CGROUP_PATH_MAX])
{
	const char *group = cgroup->path;
	char own[PATH_MAX];

	if (cgroup->mode == CGROUP_V2 && cgroup->is_optional && h->fd < 0 &&
	    cgroup_hierarchies_own(own, sizeof(own), NULL) == 0)
		group = own;
	(void)cgroup_host_path(h, group, path, CGROUP_PATH_MAX);
}

static struct plan_cgroup_mount hierarchy_plan(const struct cgroup *cgroup,
					       const struct cgroup_hierarchy *h, int view_fd,
					       struct plan_builder *b)
{
	char path[CGROUP_PATH_MAX] = "";

	view_path(cgroup, h, path);
	return (struct plan_cgroup_mount){
		.name = plan_add_text(b, h->name),
		.options = plan_add_text(b, h->options),
		.path = plan_add_text(b, path),
		.links = strchr(h->name, ',') ? plan_add_text(b, h->name) : 0,
		.source_fd = view_fd,
	};
}

/* Of v1 only what there is: the groups of others are no business of a container's. */
static bool is_shown(const struct cgroup *cgroup, const struct cgroup_hierarchy *h)
{
	return h->is_wanted &&
	       (cgroup->mode == CGROUP_V2 || !cgroup->is_optional || h->fd >= 0);
}

int cgroup_view_open(const struct cgroup *cgroup, size_t i, int *ret_fd, struct err *e)
{
	char path[CGROUP_PATH_MAX] = "";
	int fd = -1;

	if (is_shown(cgroup, &cgroup->hierarchies[i])) {
		view_path(cgroup, &cgroup->hierarchies[i], path);
		fd = mount_clone(AT_FDCWD, path, 0);
		if (fd < 0)
			return err_sys(e, fd, "open %s", path);
	}
	*ret_fd = fd;
	return 0;
}

void cgroup_plan(const struct cgroup *cgroup, const int *view_fds, struct plan_builder *b)
{
	struct plan_cgroup_mount mounts[CGROUP_HIERARCHIES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < cgroup->count; i++) {
		if (is_shown(cgroup, &cgroup->hierarchies[i]))
			mounts[count++] = hierarchy_plan(cgroup, &cgroup->hierarchies[i],
							 view_fds ? view_fds[i] : -1, b);
	}
	b->header.is_cgroup_v2 = cgroup->mode == CGROUP_V2;
	b->header.cgroup_mounts = plan_add_array(b, mounts, count, sizeof(mounts[0]));
}
