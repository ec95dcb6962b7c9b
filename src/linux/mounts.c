/*
 * See mounts.h.
 *
 * Runs in: init, cli (engine), runtime, image.
 */
#include "linux/mounts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "linux/kernel_abi.h"

enum { OPTIONS_MAX = 4096 };

int mount_clone(int dir_fd, const char *path, unsigned int flags)
{
	unsigned int how = ABI_OPEN_TREE_CLONE | O_CLOEXEC;
	long fd;

	FAULT("open_tree");
	if (path[0] == '\0')
		how |= AT_EMPTY_PATH;
	if (flags & MOUNT_CLONE_RECURSIVE)
		how |= ABI_AT_RECURSIVE;
	if (flags & MOUNT_CLONE_NOFOLLOW)
		how |= AT_SYMLINK_NOFOLLOW;
	fd = syscall(SYS_open_tree, dir_fd, path, how);
	return fd < 0 ? -errno : (int)fd;
}

int mount_attach(int mount_fd, int target_fd)
{
	FAULT("move_mount");
	if (syscall(SYS_move_mount, mount_fd, "", target_fd, "",
		    ABI_MOVE_MOUNT_F_EMPTY_PATH | ABI_MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

int mount_attach_root(int mount_fd, const char *path)
{
	FAULT("move_mount");
	if (syscall(SYS_move_mount, mount_fd, "", AT_FDCWD, path, ABI_MOVE_MOUNT_F_EMPTY_PATH) <
	    0)
		return -errno;
	return 0;
}

static int mount_setattr_at(int dir_fd, const char *path, const struct mount_change *change,
			    bool is_recursive)
{
	struct mount_change how = *change;
	unsigned int flags = path[0] == '\0' ? AT_EMPTY_PATH : 0;

	FAULT("mount_setattr");
	if (how.set & ABI_MOUNT_ATTR_ATIME)
		how.clear |= ABI_MOUNT_ATTR_ATIME;
	if (how.clear & ABI_MOUNT_ATTR_ATIME)
		how.clear |= ABI_MOUNT_ATTR_ATIME;
	if (is_recursive)
		flags |= ABI_AT_RECURSIVE;
	return syscall(SYS_mount_setattr, dir_fd, path, flags, &how, sizeof(how)) < 0 ? -errno
										      : 0;
}

int mount_change(int mount_fd, const struct mount_change *change, bool is_recursive)
{
	return mount_setattr_at(mount_fd, "", change, is_recursive);
}

int mount_change_all(uint64_t propagation)
{
	const struct mount_change change = { .propagation = propagation };

	return mount_setattr_at(AT_FDCWD, "/", &change, true);
}

int filesystem_open(const char *type)
{
	long fd;

	FAULT("fsopen");
	fd = syscall(SYS_fsopen, type, ABI_FSOPEN_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

int filesystem_set(int fs_fd, const char *key, const char *value)
{
	int command = value ? ABI_FSCONFIG_SET_STRING : ABI_FSCONFIG_SET_FLAG;

	FAULT("fsconfig");
	return syscall(SYS_fsconfig, fs_fd, command, key, value, 0) < 0 ? -errno : 0;
}

int filesystem_set_options(int fs_fd, const char *options, char *ret_option, size_t size)
{
	char text[OPTIONS_MAX];
	char *option = text;
	char *next;

	if (strlen(options) >= sizeof(text))
		return -E2BIG;
	memcpy(text, options, strlen(options) + 1);
	for (; option; option = next) {
		char *value;
		int r;

		next = strchr(option, ',');
		if (next)
			*next++ = '\0';
		if (option[0] == '\0')
			continue;
		value = strchr(option, '=');
		if (value)
			*value++ = '\0';
		r = filesystem_set(fs_fd, option, value);
		if (r < 0) {
			(void)snprintf(ret_option, size, "%s%s%s", option, value ? "=" : "",
				       value ? value : "");
			return r;
		}
	}
	return 0;
}

int filesystem_mount(int fs_fd, uint64_t attributes)
{
	long fd;

	FAULT("fsmount");
	if (syscall(SYS_fsconfig, fs_fd, ABI_FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = syscall(SYS_fsmount, fs_fd, ABI_FSMOUNT_CLOEXEC, attributes);
	return fd < 0 ? -errno : (int)fd;
}

void filesystem_explain(int fs_fd, char *text, size_t size)
{
	ssize_t len = read(fs_fd, text, size - 1);

	text[len > 0 ? len : 0] = '\0';
	if (len > 0 && text[len - 1] == '\n')
		text[len - 1] = '\0';
	/* "e overlay: No changes allowed": the letter is the severity. */
	if (len > 2 && text[1] == ' ')
		memmove(text, text + 2, strlen(text + 2) + 1);
}

int mount_classic(const char *source, const char *type, const char *relative_target,
		  unsigned long flags, const char *options)
{
	FAULT("mount");
	return mount(source, relative_target, type, flags, options) < 0 ? -errno : 0;
}

int mount_detach(const char *path)
{
	FAULT("umount");
	return umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? -errno : 0;
}

int mount_is_on(const char *path)
{
	struct abi_statx sx;

	if (syscall(SYS_statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &sx) <
	    0)
		return -errno;
	return (sx.attributes & ABI_STATX_ATTR_MOUNT_ROOT) != 0;
}

int mount_pivot(void)
{
	FAULT("pivot_root");
	/* The new root is stacked on itself: needs no writable directory in the image, and
	 * leaves nothing behind. */
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return -errno;
	if (umount2(".", MNT_DETACH) < 0)
		return -errno;
	return chdir("/") < 0 ? -errno : 0;
}

int mount_cover_root(int root_fd)
{
	FAULT("move_mount");
	if (fchdir(root_fd) < 0)
		return -errno;
	if (mount_attach_root(root_fd, "/") < 0)
		return -errno;
	if (chroot(".") < 0)
		return -errno;
	return chdir("/") < 0 ? -errno : 0;
}
