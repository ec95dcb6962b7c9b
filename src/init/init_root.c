/*
 * The container's root file system, mounted where only the container's own mount namespace sees
 * it.
 *
 * Layers are named relative to the store, so a container's mountinfo shows no path of the host.
 *
 * Runs in: init, in the new mount namespace, before anything is mounted below.
 * See: Documentation/filesystems/overlayfs.rst, mount_namespaces(7).
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

enum { EXPLAIN_MAX = 256, CLASSIC_MAX = 4096 };

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

static int attach_root(struct init *init, int mount_fd, struct err *e)
{
	const char *path = plan_get_text(init->plan, init->plan->root_path);
	int r = mount_attach_root(mount_fd, path);

	if (r < 0)
		return err_sys(e, r, "mount the root file system on %s", path);
	init->root_fd = mount_fd;
	return 0;
}

/* One text for mount(2): "lowerdir=a:b,upperdir=...". Colons, commas and backslashes in a path
 * are escaped. */
static void add_path(struct str *s, const char *path)
{
	for (; *path; path++) {
		if (strchr(":\\,", *path))
			str_add_char(s, '\\');
		str_add_char(s, *path);
	}
}

/*
 * Before 6.5 fsconfig(2) takes any option for an overlay, and making it then fails with a line
 * in the kernel's log. Asking for the version spares the machine's owner that line for each
 * container; the classic way is right on every kernel.
 */
static bool is_overlay_classic(void)
{
	struct utsname name;
	unsigned long major;
	unsigned long minor;
	char *end;

	if (uname(&name) < 0)
		return true;
	major = strtoul(name.release, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major < 6 || (major == 6 && minor < 5);
}

/*
 * Before 6.7 lowerdir+ is unknown and fsconfig takes only 255 bytes of lowerdir: the page of
 * mount(2) holds more.
 */
static int mount_overlay_classic(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const plan_text *lower = plan_array(plan, plan->lower, plan_text);
	const char *path = plan_get_text(plan, plan->root_path);
	AUTO_STR struct str options = { 0 };
	int r;

	for (uint32_t i = 0; i < plan->lower.count; i++) {
		str_add(&options, i == 0 ? "lowerdir=" : ":");
		add_path(&options, plan_get_text(plan, lower[i]));
	}
	if (plan->upper) {
		str_add(&options, ",upperdir=");
		add_path(&options, plan_get_text(plan, plan->upper));
		str_add(&options, ",workdir=");
		add_path(&options, plan_get_text(plan, plan->work));
	}
	if (plan->overlay_options) {
		str_add(&options, ",");
		str_add(&options, plan_get_text(plan, plan->overlay_options));
	}
	if (plan->mount_label)
		str_printf(&options, ",%s=\"%s\"",
			   plan_get_text(plan, plan->mount_label_option),
			   plan_get_text(plan, plan->mount_label));
	/* The kernel would cut the rest off without a word. */
	if (options.len >= CLASSIC_MAX)
		return err_set(e, ERR_UNSUPPORTED, -E2BIG,
			       "mount an overlay of %u layers: before Linux 6.7 their names "
			       "must fit into %d bytes",
			       (unsigned int)plan->lower.count, CLASSIC_MAX);
	r = str_ok(&options);
	if (r == 0)
		r = mount_classic("overlay", "overlay", path, 0, str_text(&options));
	if (r < 0)
		return err_sys(e, r, "mount an overlay of %u layers",
			       (unsigned int)plan->lower.count);
	init->root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return init->root_fd < 0 ? err_sys(e, errno, "open the root file system %s", path) : 0;
}

static int set_overlay(const struct plan_header *plan, int fs_fd, char *option, size_t size)
{
	const plan_text *lower = plan_array(plan, plan->lower, plan_text);
	int r = filesystem_set(fs_fd, "source", "overlay");

	for (uint32_t i = 0; i < plan->lower.count && r == 0; i++)
		r = filesystem_set(fs_fd, "lowerdir+", plan_get_text(plan, lower[i]));
	if (r == 0 && plan->upper)
		r = filesystem_set(fs_fd, "upperdir", plan_get_text(plan, plan->upper));
	if (r == 0 && plan->work)
		r = filesystem_set(fs_fd, "workdir", plan_get_text(plan, plan->work));
	if (r == 0 && plan->mount_label)
		r = filesystem_set(fs_fd, plan_get_text(plan, plan->mount_label_option),
				   plan_get_text(plan, plan->mount_label));
	if (r == 0 && plan->overlay_options)
		r = filesystem_set_options(fs_fd, plan_get_text(plan, plan->overlay_options),
					   option, size);
	return r;
}

static int mount_overlay(struct init *init, struct err *e)
{
	AUTO_CLOSE int fs_fd = -EBADF;
	AUTO_CLOSE int mount_fd = -EBADF;
	char why[EXPLAIN_MAX] = "";
	int r;

	if (is_overlay_classic())
		return mount_overlay_classic(init, e);
	fs_fd = filesystem_open("overlay");
	if (fs_fd < 0)
		return err_sys(e, fs_fd, "open the overlay file system");
	r = set_overlay(init->plan, fs_fd, why, sizeof(why));
	if (r == -EINVAL && why[0] == '\0')
		return mount_overlay_classic(init, e);
	if (r == 0) {
		mount_fd = filesystem_mount(fs_fd, 0);
		r = mount_fd;
	}
	if (r < 0) {
		filesystem_explain(fs_fd, why, sizeof(why));
		return err_sys(e, r, "mount an overlay of %u layers%s%s",
			       (unsigned int)init->plan->lower.count, why[0] ? ": " : "", why);
	}
	r = attach_root(init, mount_fd, e);
	if (r == 0)
		(void)fd_take(&mount_fd);
	return r;
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
	r = attach_root(init, mount_fd, e);
	if (r == 0)
		(void)fd_take(&mount_fd);
	return r;
}

/*
 * The store's descriptor was opened among the mounts of the host, and layers must be on those
 * of our own namespace, which are copies: so we go there by its name, and see that it is the
 * same directory.
 */
static int enter_store(int store_fd, struct err *e)
{
	char link[32];
	char path[PATH_MAX];
	struct stat here;
	struct stat there;
	ssize_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", store_fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (len < 0)
		return err_sys(e, errno, "find the store");
	path[len] = '\0';
	if (chdir(path) < 0 || stat(".", &here) < 0 || fstat(store_fd, &there) < 0)
		return err_sys(e, errno, "enter the store %s", path);
	if (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return err_set(e, ERR_INTERNAL, -ESTALE, "the store %s was moved or covered",
			       path);
	return 0;
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
	if (plan->store_fd >= 0)
		r = enter_store(plan->store_fd, e);
	if (r < 0)
		return r;
	return plan->root_kind == PLAN_ROOT_OVERLAY ? mount_overlay(init, e)
						    : mount_directory(init, e);
}

int init_pivot(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	int r;

	if (plan->root_kind == PLAN_ROOT_NONE)
		return 0;
	if (plan->flags & PLAN_NO_PIVOT)
		r = mount_cover_root(init->root_fd);
	else
		r = fchdir(init->root_fd) < 0 ? -errno : mount_pivot();
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
