/*
 * Controllers of cgroup v2 are handed down group by group: what a container's group may limit is
 * what all groups above it have in cgroup.subtree_control.
 *
 * Runs in: cli (engine), runtime.
 * See: cgroup_v2.h; cgroups(7) "Cgroups v2 controllers".
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_v2.h"

enum { CONTROLLERS_MAX = 512 };

int cgroup_v2_delegate(const char *path, struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char controllers[CONTROLLERS_MAX];
	char enable[32];
	char *rest = NULL;
	int r;

	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	r = cgroup_read(fd, "cgroup.controllers", controllers, sizeof(controllers));
	if (r < 0)
		return err_sys(e, r, "read %s/cgroup.controllers", path);
	/* One by one: a controller that cannot be handed down (cpu with realtime processes
	 * about) is no reason to lose the rest. */
	for (char *c = strtok_r(controllers, " ", &rest); c; c = strtok_r(NULL, " ", &rest)) {
		(void)snprintf(enable, sizeof(enable), "+%s", c);
		r = cgroup_write(fd, "cgroup.subtree_control", enable, e);
		if (r == -EBUSY)
			return err_wrap(e, r,
					"cgroup %s has processes of its own and cannot hand "
					"down controllers",
					path);
		if (r < 0)
			log_debug("%s/cgroup.subtree_control: %s is not handed down", path, c);
	}
	return 0;
}

/* Parents of ours hand everything down when they are made; those of others need not. */
static bool has_controllers(const struct cgroup_hierarchy *h)
{
	static const char *const usual[] = { "cpu", "memory", "pids" };
	char controllers[CONTROLLERS_MAX];

	if (cgroup_read(h->fd, "cgroup.controllers", controllers, sizeof(controllers)) < 0)
		return true;
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (!strstr(controllers, usual[i]))
			return false;
	}
	return true;
}

/*
 * The first that refuses ends it, without a failure: a user's own groups begin somewhere below
 * the root. A limit that needs more is refused by its own file's absence.
 */
int cgroup_v2_delegate_above(const struct cgroup *cgroup, const struct cgroup_hierarchy *h,
			     struct err *e)
{
	char path[CGROUP_PATH_MAX];
	size_t root;
	int r = cgroup_host_path(h, "", path, sizeof(path));

	if (r < 0)
		return err_sys(e, r, "cgroup %s", cgroup->path);
	if (cgroup->mode == CGROUP_V2 && has_controllers(h))
		return 0;
	root = strlen(path);
	(void)cgroup_v2_delegate(path, NULL);
	r = cgroup_host_path(h, cgroup->path, path, sizeof(path));
	for (char *end = path + root + 1; r == 0 && (end = strchr(end, '/')); end++) {
		*end = '\0';
		if (cgroup_v2_delegate(path, NULL) < 0)
			log_debug("%s hands no more controllers down", path);
		*end = '/';
	}
	return 0;
}
