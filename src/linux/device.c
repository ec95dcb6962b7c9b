/*
 * See device.h.
 *
 * Runs in: init.
 */
#include "linux/device.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/fd.h"

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
