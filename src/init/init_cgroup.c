/*
 * The container's view of its control groups at /sys/fs/cgroup.
 *
 * v2: one mount. v1: a tmpfs with one mount per hierarchy and links for controllers that share
 * one. In a cgroup namespace each is a fresh mount whose root is the container's own group;
 * without one, the group's directory is bound from the host.
 *
 * Runs in: init, as one of the mounts.
 * See: cgroup_namespaces(7), cgroups(7).
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"
#include "init/init.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"
#include "linux/namespace.h"

enum { OPTION_MAX = 128 };

/* A detached mount of one hierarchy, with the attributes of the whole. */
static int open_hierarchy(const struct init *init, const struct plan_mount *mount,
			  const struct plan_cgroup_mount *view, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const char *path = plan_get_text(plan, view->path);
	const char *type =
		plan->is_cgroup_v2 || str_equal(plan_get_text(plan, view->name), "unified")
			? "cgroup2"
			: "cgroup";
	const char *options = plan_get_text(plan, view->options);
	AUTO_CLOSE int fs_fd = -EBADF;
	const struct mount_change change = { .set = mount->attr_set };
	char option[OPTION_MAX] = "";
	int fd;
	int r = 0;

	if (!(plan->unshare & CLONE_NEWCGROUP) && path) {
		fd = view->source_fd >= 0 ? view->source_fd : mount_clone(AT_FDCWD, path, 0);
		r = fd < 0 ? fd : mount_change(fd, &change, false);
		return r < 0 ? err_sys(e, r, "open %s", path) : fd;
	}
	fs_fd = filesystem_open(type);
	if (fs_fd < 0)
		return err_sys(e, fs_fd, "open the file system %s", type);
	r = filesystem_set(fs_fd, "source", "cgroup"); /* as runc's, for who reads mounts */
	if (r == 0 && options && strcmp(type, "cgroup") == 0)
		r = filesystem_set_options(fs_fd, options, option, sizeof(option));
	if (r == 0)
		r = filesystem_mount(fs_fd, mount->attr_set);
	return r < 0 ? err_sys(e, r, "mount the cgroup hierarchy %s", options ? options : "v2")
		     : r;
}

static int link_controllers(int dir_fd, const char *names, const char *target)
{
	char name[OPTION_MAX];

	while (*names) {
		size_t len = strcspn(names, ",");

		if (len >= sizeof(name))
			return -ENAMETOOLONG;
		memcpy(name, names, len);
		name[len] = '\0';
		if (len > 0 && symlinkat(target, dir_fd, name) < 0 && errno != EEXIST)
			return -errno;
		names += len + (names[len] == ',');
	}
	return 0;
}

static int add_hierarchy(struct init *init, const struct plan_mount *mount,
			 const struct plan_cgroup_mount *view, int dir_fd, struct err *e)
{
	const char *name = plan_get_text(init->plan, view->name);
	const char *links = plan_get_text(init->plan, view->links);
	AUTO_CLOSE int target = -EBADF;
	AUTO_CLOSE int fd = open_hierarchy(init, mount, view, e);
	int r;

	if (fd < 0)
		return fd;
	if (mkdirat(dir_fd, name, 0755) < 0)
		return err_sys(e, errno, "make the directory %s", name);
	target = openat(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = target < 0 ? -errno : mount_attach(fd, target);
	if (r == 0 && links)
		r = link_controllers(dir_fd, links, name);
	return r < 0 ? err_sys(e, r, "attach the cgroup hierarchy %s", name) : 0;
}

static int mount_hierarchies(struct init *init, const struct plan_mount *mount, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_cgroup_mount *views =
		plan_array(plan, plan->cgroup_mounts, struct plan_cgroup_mount);
	/* Others may be mounted inside, which takes directories. */
	const struct mount_change change = { .set = mount->attr_set &
						    ~(uint64_t)ABI_MOUNT_ATTR_RDONLY };
	AUTO_CLOSE int fs_fd = filesystem_open("tmpfs");
	AUTO_CLOSE int target = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	int r;

	r = fs_fd < 0 ? fs_fd : filesystem_set(fs_fd, "source", "tmpfs");
	if (r == 0)
		r = filesystem_set(fs_fd, "mode", "755");
	if (r == 0) {
		fd = filesystem_mount(fs_fd, 0);
		r = fd < 0 ? fd : 0;
	}
	if (r < 0)
		return err_sys(e, r, "make the tmpfs that holds the hierarchies");
	target = init_open_destination(init, mount, true, e);
	if (target < 0)
		return target;
	/* Attached before it is filled: mounts on a detached tree are new in 6.15. */
	r = mount_attach(fd, target);
	if (r < 0)
		return err_sys(e, r, "attach it");
	for (uint32_t i = 0; i < plan->cgroup_mounts.count; i++) {
		r = add_hierarchy(init, mount, &views[i], fd, e);
		if (r < 0)
			return r;
	}
	r = mount_change(fd, &change, false);
	if (r < 0)
		return err_sys(e, r, "set its attributes");
	return mount->attr_set & ABI_MOUNT_ATTR_RDONLY ? init_readonly_last(init, &fd, e) : 0;
}

int init_mount_cgroups(struct init *init, const struct plan_mount *mount, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_cgroup_mount *views =
		plan_array(plan, plan->cgroup_mounts, struct plan_cgroup_mount);
	AUTO_CLOSE int target = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (!plan->is_cgroup_v2)
		return mount_hierarchies(init, mount, e);
	if (plan->cgroup_mounts.count == 0)
		return err_set(e, ERR_INTERNAL, -EINVAL, "the plan names no cgroup to show");
	fd = open_hierarchy(init, mount, views, e);
	if (fd < 0)
		return fd;
	target = init_open_destination(init, mount, true, e);
	if (target < 0)
		return target;
	r = mount_attach(fd, target);
	return r < 0 ? err_sys(e, r, "attach it") : 0;
}
