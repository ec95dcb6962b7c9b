/*
 * See terminal.h.
 *
 * Runs in: init, cli.
 */
#include "linux/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/inroot.h"
#include "linux/kernel_abi.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* Documentation/admin-guide/devices.txt */
enum { PTY_MAJOR_FIRST = 136, PTY_MAJOR_LAST = 143, PTMX_MAJOR = 5, PTMX_MINOR = 2 };

static bool is_devpts(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && (unsigned long)fs.f_type == ABI_DEVPTS_MAGIC;
}

bool terminal_is_master(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	       st.st_rdev == makedev(PTMX_MAJOR, PTMX_MINOR) && is_devpts(fd);
}

static int open_master(int pts_fd)
{
	AUTO_CLOSE int fd = -EBADF;

	FAULT("open_ptmx");
	if (!is_devpts(pts_fd))
		return -ENOTTY;
	/* Not across a mount: "ptmx" could be covered by a file of the container's choice. */
	fd = inroot_open_same(pts_fd, "ptmx", O_RDWR | O_NOCTTY);
	if (fd < 0)
		return fd;
	return terminal_is_master(fd) ? fd_take(&fd) : -ENOTTY;
}

static int open_slave(int master)
{
	AUTO_CLOSE int fd = -EBADF;
	struct stat st;
	int unlock = 0;

	FAULT("open_pty");
	if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return -errno;
	fd = ioctl(master, (int)TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || major(st.st_rdev) < PTY_MAJOR_FIRST ||
	    major(st.st_rdev) > PTY_MAJOR_LAST || !is_devpts(fd))
		return -ENOTTY;
	return fd_take(&fd);
}

int terminal_open_pair(int pts_fd, int *ret_master, int *ret_slave)
{
	AUTO_CLOSE int master = open_master(pts_fd);
	int slave;

	if (master < 0)
		return master;
	slave = open_slave(master);
	if (slave < 0)
		return slave;
	*ret_master = fd_take(&master);
	*ret_slave = slave;
	return 0;
}

int terminal_make_controlling(int fd)
{
	FAULT("tiocsctty");
	return ioctl(fd, TIOCSCTTY, 0) < 0 ? -errno : 0;
}

int terminal_set_plain(int fd)
{
	struct termios attributes;

	if (tcgetattr(fd, &attributes) < 0)
		return -errno;
	attributes.c_oflag &= ~(tcflag_t)ONLCR;
	return tcsetattr(fd, TCSANOW, &attributes) < 0 ? -errno : 0;
}

int terminal_set_size(int fd, uint32_t rows, uint32_t columns)
{
	struct winsize size = { .ws_row = (unsigned short)rows,
				.ws_col = (unsigned short)columns };

	return ioctl(fd, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

int terminal_get_size(int fd, uint32_t *ret_rows, uint32_t *ret_columns)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0)
		return -errno;
	*ret_rows = size.ws_row;
	*ret_columns = size.ws_col;
	return 0;
}
