/*
 * See unix_socket.h.
 *
 * Runs in: runtime.
 */
#include "oci/unix_socket.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/str.h"

enum { BACKLOG = 8 };

/* `name` of the directory in an address. Returns 0 or -ENAMETOOLONG. */
static int address_in(int dir_fd, const char *name, struct sockaddr_un *ret)
{
	int n = snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", dir_fd,
			 name);

	ret->sun_family = AF_UNIX;
	return n < 0 || (size_t)n >= sizeof(ret->sun_path) ? -ENAMETOOLONG : 0;
}

/* The directory of a path that is too long by itself, and what is left of it. */
static int open_directory(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	char directory[PATH_MAX];
	int fd;

	if (!slash || slash - path >= PATH_MAX)
		return -ENAMETOOLONG;
	(void)snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	*ret_name = slash + 1;
	fd = open(directory[0] ? directory : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int connect_to(const struct sockaddr_un *address, int type)
{
	AUTO_CLOSE int fd = -EBADF;

	FAULT("connect");
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		return -errno;
	return fd_take(&fd);
}

int unix_socket_connect(int dir_fd, const char *name, int type)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_CLOSE int directory = -EBADF;
	int r = 0;

	if (dir_fd == AT_FDCWD &&
	    str_copy(address.sun_path, sizeof(address.sun_path), name) == 0)
		return connect_to(&address, type);
	if (dir_fd == AT_FDCWD) {
		directory = open_directory(name, &name);
		r = directory < 0 ? directory : 0;
	}
	if (r == 0)
		r = address_in(dir_fd == AT_FDCWD ? directory : dir_fd, name, &address);
	return r < 0 ? r : connect_to(&address, type);
}

int unix_socket_listen(int dir_fd, const char *name, int type)
{
	struct sockaddr_un address = { 0 };
	AUTO_CLOSE int fd = -EBADF;
	int r = address_in(dir_fd, name, &address);

	FAULT("bind");
	if (r < 0)
		return r;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return -errno;
	return fd_take(&fd);
}
