/*
 * See device.h.
 *
 * Runs in: init, runtime.
 */
#include "linux/device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

bool device_is(int fd, mode_t type, dev_t number)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || (st.st_mode & S_IFMT) != type)
		return false;
	return type == S_IFIFO || st.st_rdev == number;
}

int device_make(int dir_fd, const char *name, const struct device_node *node)
{
	FAULT("mknodat");
	if (mknodat(dir_fd, name, node->type | node->mode, node->number) < 0) {
		AUTO_CLOSE int fd = -EBADF;

		if (errno != EEXIST)
			return -errno;
		fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		return device_is(fd, node->type, node->number) ? 0 : -EEXIST;
	}
	if (node->uid == 0 && node->gid == 0)
		return 0;
	if (fchownat(dir_fd, name, node->uid, node->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	return 0;
}

int device_clone_null(struct err *e)
{
	const struct mount_change change = { .set = ABI_MOUNT_ATTR_RDONLY |
						    ABI_MOUNT_ATTR_NOSUID |
						    ABI_MOUNT_ATTR_NOEXEC };
	AUTO_CLOSE int fd = mount_clone(AT_FDCWD, "/dev/null", 0);
	int r;

	if (fd < 0)
		return err_sys(e, fd, "open /dev/null of the host");
	if (!device_is(fd, S_IFCHR, makedev(1, 3)))
		return err_set(e, ERR_INTERNAL, -ENXIO,
			       "/dev/null of the host is not the null device");
	r = mount_change(fd, &change, false);
	return r < 0 ? err_sys(e, r, "make /dev/null read-only") : fd_take(&fd);
}
