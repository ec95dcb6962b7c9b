/*
 * See whiteout.h.
 *
 * Runs in: cli (engine), image (confined).
 */
#include "linux/whiteout.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

#define XATTR_OPAQUE   "user.overlay.opaque"
#define XATTR_WHITEOUT "user.overlay.whiteout"

/* What it says of its directory. */
#define OPAQUE_ALL   'y'
#define OPAQUE_FILES 'x' /* some of its files are whiteouts */

enum { WHITEOUT_FILE_MODE = 0400 };

/* 0: nothing, or something that is not ours. */
static char opaque_read(int dir_fd)
{
	char value[2];

	return fgetxattr(dir_fd, XATTR_OPAQUE, value, sizeof(value)) == 1 ? value[0] : '\0';
}

static int opaque_write(int dir_fd, char value)
{
	FAULT("fsetxattr");
	return fsetxattr(dir_fd, XATTR_OPAQUE, &value, 1, 0) < 0 ? -errno : 0;
}

int whiteout_set_opaque(int dir_fd)
{
	return opaque_write(dir_fd, OPAQUE_ALL);
}

bool whiteout_is_opaque(int dir_fd)
{
	return opaque_read(dir_fd) == OPAQUE_ALL;
}

bool whiteout_is_file(int fd, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == 0 &&
	       fgetxattr(fd, XATTR_WHITEOUT, NULL, 0) >= 0;
}

bool whiteout_is_at(int dir_fd, const char *name, const struct stat *st)
{
	AUTO_CLOSE int fd = -EBADF;

	if (S_ISCHR(st->st_mode))
		return st->st_rdev == makedev(0, 0);
	if (!S_ISREG(st->st_mode) || st->st_size != 0)
		return false;
	fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 && whiteout_is_file(fd, st);
}

static int file_mark(int dir_fd, int fd)
{
	FAULT("fsetxattr");
	if (fsetxattr(fd, XATTR_WHITEOUT, "y", 1, 0) < 0)
		return -errno;
	return opaque_read(dir_fd) == OPAQUE_FILES ? 0 : opaque_write(dir_fd, OPAQUE_FILES);
}

static int file_make(int take_dir_fd, const char *name)
{
	AUTO_CLOSE int dir_fd = take_dir_fd;
	AUTO_CLOSE int fd = -EBADF;
	int r;

	if (dir_fd < 0)
		return -errno;
	if (whiteout_is_opaque(dir_fd))
		return 0;
	FAULT("open");
	fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    WHITEOUT_FILE_MODE);
	if (fd < 0)
		return -errno;
	r = file_mark(dir_fd, fd);
	if (r < 0)
		(void)unlinkat(dir_fd, name, 0);
	return r;
}

int whiteout_make(int dir_fd, const char *name)
{
	FAULT("mknod");
	if (mknodat(dir_fd, name, S_IFCHR, makedev(0, 0)) == 0)
		return 0;
	if (errno != EPERM)
		return -errno;
	return file_make(openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), name);
}
