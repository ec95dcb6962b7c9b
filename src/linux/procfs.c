/*
 * See procfs.h.
 *
 * Runs in: init.
 */
#include "linux/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statfs.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/inroot.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

int procfs_open(void)
{
	AUTO_CLOSE int fs_fd = filesystem_open("proc");

	if (fs_fd < 0)
		return fs_fd;
	return filesystem_mount(fs_fd, ABI_MOUNT_ATTR_NOSUID | ABI_MOUNT_ATTR_NODEV |
					       ABI_MOUNT_ATTR_NOEXEC);
}

bool procfs_holds(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == ABI_PROC_MAGIC;
}

int procfs_write(int proc_fd, const char *path, const char *text)
{
	AUTO_CLOSE int fd = -EBADF;
	ssize_t n;

	FAULT("procfs_write");
	fd = inroot_open_same(proc_fd, path, O_WRONLY | O_NOCTTY);
	if (fd < 0)
		return fd;
	if (!procfs_holds(fd))
		return -EXDEV;
	n = write(fd, text, strlen(text));
	if (n < 0)
		return -errno;
	return (size_t)n == strlen(text) ? 0 : -EIO;
}
