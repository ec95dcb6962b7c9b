/*
 * What a container may not see, and what it may not write, below /proc and /sys; then the root
 * itself where it is read-only.
 *
 * A masked file gets the host's /dev/null over it, opened and checked while the host was in
 * reach: an image's own could be a link to anything (CVE-2025-31133). A masked directory gets an
 * empty tmpfs, one for all of them.
 *
 * Runs in: init, after the sysctls were written and before the program is looked at.
 * See: OCI runtime-spec config-linux.md "maskedPaths", "readonlyPaths".
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/device.h"
#include "linux/inroot.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

/* Something that is laid over many paths: the first gets the mount itself, the others copies of
 * it. */
struct cover {
	int fd;
	bool is_attached;
};

int init_open_null(struct init *init, struct err *e)
{
	int fd = init->plan->null_fd;

	if (init->plan->masked.count == 0)
		return 0;
	if (fd < 0)
		fd = device_clone_null(e);
	if (fd < 0)
		return fd;
	init->null_fd = fd;
	return 0;
}

static int open_empty(void)
{
	AUTO_CLOSE int fs_fd = filesystem_open("tmpfs");
	int r = fs_fd < 0
			? fs_fd
			: filesystem_set_options(fs_fd, "ro,nr_blocks=1,nr_inodes=1", NULL, 0);

	return r < 0 ? r
		     : filesystem_mount(fs_fd, ABI_MOUNT_ATTR_RDONLY | ABI_MOUNT_ATTR_NOSUID |
						       ABI_MOUNT_ATTR_NODEV |
						       ABI_MOUNT_ATTR_NOEXEC);
}

static int lay(struct cover *cover, int target)
{
	AUTO_CLOSE int copy = -EBADF;

	if (cover->fd < 0)
		return cover->fd;
	if (!cover->is_attached) {
		cover->is_attached = true;
		return mount_attach(cover->fd, target);
	}
	copy = mount_clone(cover->fd, "", 0);
	return copy < 0 ? copy : mount_attach(copy, target);
}

static int mask_all(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const plan_text *paths = plan_array(plan, plan->masked, plan_text);
	struct cover null = { .fd = init->null_fd };
	struct cover empty = { .fd = -EBADF };
	int r = 0;

	for (uint32_t i = 0; i < plan->masked.count && r == 0; i++) {
		const char *path = plan_get_text(plan, paths[i]);
		AUTO_CLOSE int target = inroot_open(init->root_fd, path, O_PATH);
		struct stat st;

		if (target == -ENOENT || target == -ENOTDIR)
			continue;
		r = target < 0 ? target : fstat(target, &st) < 0 ? -errno : 0;
		if (r == 0 && S_ISDIR(st.st_mode) && !empty.is_attached)
			empty.fd = open_empty();
		if (r == 0)
			r = lay(S_ISDIR(st.st_mode) ? &empty : &null, target);
		if (r < 0)
			r = err_sys(e, r, "mask %s", path);
	}
	(void)fd_close(empty.fd);
	return r;
}

static int make_readonly(struct init *init, const char *path)
{
	const struct mount_change change = { .set = ABI_MOUNT_ATTR_RDONLY };
	AUTO_CLOSE int target = inroot_open(init->root_fd, path, O_PATH);
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (target == -ENOENT || target == -ENOTDIR)
		return 0;
	if (target < 0)
		return target;
	fd = mount_clone(target, "", MOUNT_CLONE_RECURSIVE);
	if (fd < 0)
		return fd;
	r = mount_change(fd, &change, true);
	return r < 0 ? r : mount_attach(fd, target);
}

/* Everything is in them now. */
static int finish_readonly(struct init *init, struct err *e)
{
	const struct mount_change change = { .set = ABI_MOUNT_ATTR_RDONLY };

	for (uint32_t i = 0; i < init->readonly_last_count; i++) {
		int r = mount_change(init->readonly_last[i], &change, false);

		if (r < 0)
			return err_sys(e, r, "make a mount read-only");
		(void)fd_close(init->readonly_last[i]);
	}
	init->readonly_last_count = 0;
	return 0;
}

int init_masks(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const plan_text *paths = plan_array(plan, plan->readonly, plan_text);
	int r = finish_readonly(init, e);

	if (r == 0)
		r = mask_all(init, e);
	for (uint32_t i = 0; i < plan->readonly.count && r == 0; i++) {
		r = make_readonly(init, plan_get_text(plan, paths[i]));
		if (r < 0)
			r = err_sys(e, r, "make %s read-only", plan_get_text(plan, paths[i]));
	}
	return r < 0 ? r : init_finish_root(init, e);
}
