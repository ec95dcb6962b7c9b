/*
 * The container's root file system, attached where only the container's own mount namespace sees
 * it.
 *
 * Runs in: init, in the new mount namespace, before anything is mounted below.
 * See: mount_namespaces(7).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

/*
 * A source whose mounts are to stay common with the host's is cloned while it still is;
 * everything else is cut loose (or hears of the host's mounts where a mount asks for that)
 * before the first thing is mounted.
 */
int init_propagation(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_mount *mounts = plan_array(plan, plan->mounts, struct plan_mount);
	uint32_t asked = plan->root_propagation;
	int r;

	if (plan->root_kind == PLAN_ROOT_NONE)
		return 0;
	for (uint32_t i = 0; i < plan->mounts.count; i++)
		asked |= mounts[i].propagation;
	if (asked & MS_SHARED) {
		init->sources = calloc(plan->mounts.count + 1, sizeof(*init->sources));
		if (!init->sources)
			return err_sys(e, ENOMEM, "list the shared mounts");
		for (uint32_t i = 0; i < plan->mounts.count; i++) {
			init->sources[i] = -EBADF;
			if (!(mounts[i].propagation & MS_SHARED) || mounts[i].type)
				continue;
			init->sources[i] = init_open_source(init, &mounts[i], e);
			if (init->sources[i] < 0)
				return init->sources[i];
		}
	}
	init->is_slave = asked & (MS_SHARED | MS_SLAVE);
	r = mount_change_all(init->is_slave ? MS_SLAVE : MS_PRIVATE);
	return r < 0 ? err_sys(e, r, "cut the mounts loose from the host's") : 0;
}

static int attach_root(struct init *init, int mount_fd, const char *path, struct err *e)
{
	int r = mount_attach_root(mount_fd, path);

	if (r < 0)
		return err_sys(e, r, "mount the root file system on %s", path);
	init->root_fd = mount_fd;
	return 0;
}

/*
 * What is mounted was made private or a slave of the host's before, and so is its copy. A root
 * that is to hear of the host's mounts stays a slave.
 */
static int mount_directory(struct init *init, struct err *e)
{
	const char *path = plan_get_text(init->plan, init->plan->root_path);
	const struct mount_change change = { .propagation = MS_PRIVATE };
	AUTO_CLOSE int mount_fd = mount_clone(AT_FDCWD, path, MOUNT_CLONE_RECURSIVE);
	struct stat st;
	int r = mount_fd < 0 ? mount_fd : fstat(mount_fd, &st) < 0 ? -errno : 0;

	if (r == 0 && !S_ISDIR(st.st_mode))
		r = -ENOTDIR;
	if (r == 0 && init->is_slave &&
	    !(init->plan->root_propagation & (MS_SHARED | MS_SLAVE)))
		r = mount_change(mount_fd, &change, false);
	if (r < 0)
		return err_sys(e, r, "open the root file system %s", path);
	r = attach_root(init, mount_fd, path, e);
	if (r == 0)
		(void)fd_take(&mount_fd);
	return r;
}

int init_root(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int r;

	if (plan->root_kind == PLAN_ROOT_NONE) {
		init->root_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return init->root_fd < 0 ? err_sys(e, errno, "open the root directory") : 0;
	}
	r = init_open_null(init, e);
	if (r < 0)
		return r;
	/* It covers what we were born with, so that no place is needed for it there. */
	return plan->root_kind == PLAN_ROOT_MOUNT ? attach_root(init, plan->root_fd, "/", e)
						  : mount_directory(init, e);
}

int init_pivot(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int r;

	if (plan->root_kind == PLAN_ROOT_NONE)
		return 0;
	if (plan->flags & PLAN_NO_PIVOT) {
		r = init_hide_old_root(init, e);
		if (r < 0)
			return r;
		r = mount_cover_root(init->root_fd);
	} else {
		r = fchdir(init->root_fd) < 0 ? -errno : mount_pivot();
	}
	return r < 0 ? err_sys(e, r, "make the container's root file system the root") : 0;
}

int init_finish_root(struct init *init, struct err *e)
{
	const struct mount_change readonly = { .set = ABI_MOUNT_ATTR_RDONLY };
	const struct plan_header *plan = init->plan;
	const struct mount_change change = { .propagation = plan->root_propagation &
							    ~(uint32_t)MS_REC };
	int r = 0;

	if (plan->flags & PLAN_ROOT_READONLY)
		r = mount_change(init->root_fd, &readonly, false);
	if (r < 0)
		return err_sys(e, r, "make the root file system read-only");
	/* Whether shared or unbindable: what is copied out of the tree was copied before. */
	if (change.propagation)
		r = mount_change(init->root_fd, &change, plan->root_propagation & MS_REC);
	return r < 0 ? err_sys(e, r, "set the propagation of the root file system") : 0;
}
