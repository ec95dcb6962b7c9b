/*
 * The mounts of the plan, one after the other: volumes, /proc, /dev, /sys and what else a
 * container gets.
 *
 * Each is made detached, gets its attributes, and only then goes to a destination that was
 * resolved inside the root.
 *
 * Runs in: init, before the pivot (sources are paths of the host).
 * See: OCI runtime-spec config.md "mounts"; CVE-2021-30465, CVE-2019-16884, CVE-2024-45310.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"
#include "linux/procfs.h"

static bool is_type(const struct init *init, const struct plan_mount *mount, const char *type)
{
	return str_equal(plan_get_text(init->plan, mount->type), type);
}

int init_open_source(const struct init *init, const struct plan_mount *mount, struct err *e)
{
	const char *path = plan_get_text(init->plan, mount->source);
	unsigned int flags = 0;
	int fd;

	/* Already a detached mount: it is ours now. */
	if (mount->source_fd >= 0)
		return mount->source_fd;
	if (mount->flags & PLAN_MOUNT_RBIND)
		flags |= MOUNT_CLONE_RECURSIVE;
	if (mount->flags & PLAN_MOUNT_NOFOLLOW)
		flags |= MOUNT_CLONE_NOFOLLOW;
	fd = mount_clone(AT_FDCWD, path, flags);
	return fd < 0 ? err_sys(e, fd, "open %s", path) : fd;
}

int init_open_destination(struct init *init, const struct plan_mount *mount, bool is_directory,
			  struct err *e)
{
	const char *path = plan_get_text(init->plan, mount->destination);
	/* An image whose /proc is a link would have us write to a procfs that it has arranged
	 * (CVE-2019-19921). */
	bool keeps_link = mount->flags & (PLAN_MOUNT_NOFOLLOW | PLAN_MOUNT_ON_LINK);
	bool is_plain = is_type(init, mount, "proc") || is_type(init, mount, "sysfs") ||
			(mount->flags & PLAN_MOUNT_IN_PROC_OK);
	AUTO_CLOSE int fd = -ENOENT;

	if (is_plain)
		fd = inroot_open_plain(init->root_fd, path, O_PATH);
	else if (keeps_link)
		fd = inroot_open(init->root_fd, path, O_PATH | O_NOFOLLOW);
	if (fd == -ELOOP && is_plain)
		return err_set(e, ERR_INVALID, fd, "%s of the image is a symbolic link", path);
	if (fd == -ENOENT)
		fd = is_directory ? inroot_make_dir(init->root_fd, path, 0755)
				  : inroot_make_file(init->root_fd, path, 0755);
	if (fd < 0)
		return err_sys(e, fd, "make %s %s", is_directory ? "the directory" : "the file",
			       path);
	if (procfs_holds(fd) && !(mount->flags & PLAN_MOUNT_IN_PROC_OK) &&
	    !is_type(init, mount, "proc"))
		return err_set(e, ERR_INVALID, -EPERM, "%s lies in /proc", path);
	return fd_take(&fd);
}

/* Attributes of a detached mount. What fsmount(2) was given already is not given again. */
static int change_mount(const struct init *init, const struct plan_mount *mount, int fd,
			struct err *e)
{
	bool is_new = mount->type != 0;
	bool is_deep = mount->propagation & MS_REC;
	uint64_t propagation = mount->propagation & ~(uint32_t)MS_REC;
	struct mount_change one = { 0 };
	struct mount_change all = {
		.set = mount->attr_set_recursive,
		.clear = mount->attr_clear_recursive,
	};
	int r = 0;

	if (!is_new || (mount->flags & PLAN_MOUNT_TMPCOPYUP)) {
		one.set = mount->attr_set;
		one.clear = mount->attr_clear;
	}
	/* What was just made is private, and so is a copy out of a tree that is. */
	if (propagation == MS_PRIVATE && (is_new || (mount->source_fd < 0 && !init->is_slave)))
		propagation = 0;
	/* Only who asks hears of the host's mounts, whatever others have asked for. */
	if (propagation == 0 && !is_new && init->is_slave &&
	    !(init->plan->root_propagation & (MS_SHARED | MS_SLAVE))) {
		propagation = MS_PRIVATE;
		is_deep = true;
	}
	one.propagation = is_deep ? 0 : propagation;
	all.propagation = is_deep ? propagation : 0;
	if (mount->userns_fd >= 0) {
		one.set |= ABI_MOUNT_ATTR_IDMAP;
		one.userns_fd = (uint64_t)mount->userns_fd;
	}
	if (one.set || one.clear || one.propagation)
		r = mount_change(fd, &one, false);
	if (r == 0 && (all.set || all.clear || all.propagation))
		r = mount_change(fd, &all, true);
	if (r == -EPERM)
		return err_set(e, ERR_DENIED, r,
			       "set its attributes: the user namespace may not take away what "
			       "the source's mount has");
	return r < 0 ? err_sys(e, r, "set its attributes") : 0;
}

static int copy_up(struct init *init, const struct plan_mount *mount, int fd, struct err *e)
{
	AUTO_CLOSE int from = -EBADF;

	if (!(mount->flags & PLAN_MOUNT_TMPCOPYUP))
		return 0;
	from = inroot_open(init->root_fd, plan_get_text(init->plan, mount->destination),
			   O_RDONLY | O_DIRECTORY);
	if (from == -ENOENT)
		return 0;
	return from < 0 ? err_sys(e, from, "open what is to be copied up")
			: init_copy_up(from, fd, e);
}

/* The first plain /proc of the container serves for its sysctls: nobody else has its
 * descriptor. */
static void remember_proc(struct init *init, const struct plan_mount *mount, int *fd)
{
	if (init->proc_fd < 0 && is_type(init, mount, "proc") && !mount->data &&
	    !((mount->attr_set | mount->attr_set_recursive) & ABI_MOUNT_ATTR_RDONLY))
		init->proc_fd = fd_take(fd);
}

/* copy-symlink: returns 1 when the source is a link, and there is one like it now. */
static int copy_link(struct init *init, const struct plan_mount *mount, struct err *e)
{
	const char *path = plan_get_text(init->plan, mount->destination);
	char name[NAME_MAX + 1];
	char target[PATH_MAX];
	char there[PATH_MAX];
	AUTO_CLOSE int dir_fd = -EBADF;
	ssize_t len =
		readlink(plan_get_text(init->plan, mount->source), target, sizeof(target) - 1);

	if (len < 0)
		return errno == EINVAL ? 0 : err_sys(e, errno, "look at the source");
	target[len] = '\0';
	dir_fd = inroot_make_parent(init->root_fd, path, name);
	if (dir_fd < 0)
		return err_sys(e, dir_fd, "make the directory of %s", path);
	if (procfs_holds(dir_fd))
		return err_set(e, ERR_INVALID, -EPERM, "%s lies in /proc", path);
	if (symlinkat(target, dir_fd, name) == 0)
		return 1;
	if (errno != EEXIST)
		return err_sys(e, errno, "make the link %s", path);
	len = readlinkat(dir_fd, name, there, sizeof(there) - 1);
	there[len < 0 ? 0 : len] = '\0';
	return strcmp(target, there) == 0
		       ? 1
		       : err_set(e, ERR_CONFLICT, -EEXIST,
				 "make the link %s: something else is there already", path);
}

/* For one that was made by mount(2): it is found at its place. */
static int change_attached(struct init *init, const struct plan_mount *mount, struct err *e)
{
	AUTO_CLOSE int fd = init_open_destination(init, mount, true, e);

	return fd < 0 ? fd : change_mount(init, mount, fd, e);
}

static int attach_mount(struct init *init, const struct plan_mount *mount, int fd,
			bool is_directory, struct err *e)
{
	AUTO_CLOSE int target = init_open_destination(init, mount, is_directory, e);
	struct stat st;
	int r;

	if (target < 0)
		return target;
	r = mount_attach(fd, target);
	if (r == -EINVAL && fstat(target, &st) == 0 && S_ISDIR(st.st_mode) != is_directory)
		return err_set(e, ERR_INVALID, -ENOTDIR,
			       "the source is %s directory, the destination is %s",
			       is_directory ? "a" : "no", is_directory ? "none" : "one");
	return r < 0 ? err_sys(e, r, "attach it") : 0;
}

int init_readonly_last(struct init *init, int *fd, struct err *e)
{
	if (!init->readonly_last)
		init->readonly_last =
			calloc(init->plan->mounts.count, sizeof(*init->readonly_last));
	if (!init->readonly_last)
		return err_sys(e, ENOMEM, "list the read-only mounts");
	init->readonly_last[init->readonly_last_count++] = fd_take(fd);
	return 0;
}

static int mount_one(struct init *init, const struct plan_mount *mount, int opened,
		     struct err *e)
{
	bool is_new = mount->type != 0;
	AUTO_CLOSE int fd = opened;
	struct stat st;
	int r;

	if (mount->flags & PLAN_MOUNT_CGROUP)
		return init_mount_cgroups(init, mount, e);
	if (is_new && init_is_filesystem_classic(init, mount)) {
		r = init_mount_classic(init, mount, e);
		return r < 0 ? r : change_attached(init, mount, e);
	}
	if (mount->flags & PLAN_MOUNT_COPY_LINK && fd < 0 && mount->source_fd < 0) {
		r = copy_link(init, mount, e);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	if (fd < 0)
		fd = is_new ? init_make_filesystem(init, mount, e)
			    : init_open_source(init, mount, e);
	if (fd == -ENODEV && (mount->flags & PLAN_MOUNT_OPTIONAL))
		return 0;
	if (fd < 0)
		return fd;
	r = copy_up(init, mount, fd, e);
	if (r == 0)
		r = change_mount(init, mount, fd, e);
	if (r < 0)
		return r;
	if (!is_new && fstat(fd, &st) < 0)
		return err_sys(e, errno, "look at the source");
	r = attach_mount(init, mount, fd, is_new || S_ISDIR(st.st_mode), e);
	if (r < 0)
		return r;
	remember_proc(init, mount, &fd);
	return mount->flags & PLAN_MOUNT_READONLY_LAST ? init_readonly_last(init, &fd, e) : 0;
}

/* As docker does: a working directory that the image lacks is made, owned by root. */
static int make_cwd(struct init *init, struct err *e)
{
	const char *cwd = plan_get_text(init->plan, init->plan->cwd);
	int fd;

	if (!cwd || strcmp(cwd, "/") == 0)
		return 0;
	fd = inroot_make_dir(init->root_fd, cwd, 0755);
	if (fd < 0)
		return err_sys(e, fd, "make the working directory %s", cwd);
	(void)fd_close(fd);
	return 0;
}

int init_mounts(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_mount *mounts = plan_array(plan, plan->mounts, struct plan_mount);

	for (uint32_t i = 0; i < plan->mounts.count; i++) {
		const struct plan_mount *m = &mounts[i];
		int r = mount_one(init, m, init->sources ? init->sources[i] : -EBADF, e);

		if (r < 0)
			return err_wrap(e, r, "mount %s on %s",
					plan_get_text(plan, m->type ? m->type : m->source),
					plan_get_text(plan, m->destination));
	}
	return plan->root_kind == PLAN_ROOT_NONE ? 0 : make_cwd(init, e);
}
