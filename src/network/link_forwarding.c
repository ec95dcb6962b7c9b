/*
 * Forwarding between interfaces, which containers need for everything outside. See link.h.
 *
 * With IPv6 a host that forwards is a router, and by default a router takes no advertisements:
 * a host that has its own default route from one would lose it. So accept_ra becomes 2 ("even
 * when forwarding") where it was 1.
 *
 * Runs in: cli (engine).
 * See: Documentation/networking/ip-sysctl.rst, accept_ra.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "network/link.h"

#define SYSCTLS "/proc/sys/net"

/* The first byte of a file; -errno. */
static int read_digit(int dir_fd, const char *path)
{
	AUTO_CLOSE int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	char value;

	return fd < 0 || pread(fd, &value, 1, 0) != 1 ? -errno : value;
}

static int write_digit(int dir_fd, const char *path, char value, struct err *e)
{
	AUTO_CLOSE int fd = openat(dir_fd, path, O_WRONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : fd_write_all(fd, &value, 1);

	return r < 0 ? err_sys(e, r, "write \"%c\" to " SYSCTLS "/%s", value, path) : 0;
}

static int keep_advertisements(int net_fd, struct err *e)
{
	int fd = openat(net_fd, "ipv6/conf", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!dir) {
		r = -errno;
		(void)fd_close(fd);
		return err_sys(e, r, "open " SYSCTLS "/ipv6/conf");
	}
	while (r == 0 && (entry = readdir(dir))) {
		char path[sizeof("ipv6/conf//accept_ra") + NAME_MAX];

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "ipv6/conf/%s/accept_ra", entry->d_name);
		if (read_digit(net_fd, path) == '1')
			r = write_digit(net_fd, path, '2', e);
	}
	(void)closedir(dir);
	return r;
}

static int forwarding_on_v4(int net_fd, struct err *e)
{
	static const char path[] = "ipv4/ip_forward";
	int value = read_digit(net_fd, path);

	if (value < 0)
		return err_sys(e, value, "read " SYSCTLS "/%s", path);
	return value == '0' ? write_digit(net_fd, path, '1', e) : 0;
}

static int forwarding_on_v6(int net_fd, struct err *e)
{
	static const char path[] = "ipv6/conf/all/forwarding";
	int value = read_digit(net_fd, path);
	int r;

	if (value == -ENOENT)
		return err_set(e, ERR_UNSUPPORTED, -EAFNOSUPPORT,
			       "this kernel has no IPv6 (it was switched off when it was "
			       "started)");
	if (value < 0)
		return err_sys(e, value, "read " SYSCTLS "/%s", path);
	if (value != '0')
		return 0;
	r = keep_advertisements(net_fd, e);
	return r < 0 ? r : write_digit(net_fd, path, '1', e);
}

int link_forwarding_on(const struct network *network, struct err *e)
{
	AUTO_CLOSE int net_fd = open(SYSCTLS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (net_fd < 0)
		return err_sys(e, errno, "open " SYSCTLS);
	r = network_has(network, IP_V4) ? forwarding_on_v4(net_fd, e) : 0;
	if (r == 0 && network_has(network, IP_V6))
		r = forwarding_on_v6(net_fd, e);
	return r;
}
