/*
 * See memfd.h.
 *
 * Runs in: cli, runtime.
 */
#include "linux/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static int memfd_make_as(const char *name, unsigned int kind)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd;

	FAULT("memfd_create");
	fd = memfd_create(name, flags | kind);
	/* Before 6.3 the two kinds are unknown. */
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	return fd < 0 ? -errno : fd;
}

int memfd_make(const char *name)
{
	return memfd_make_as(name, MFD_NOEXEC_SEAL);
}

int memfd_make_executable(const char *name)
{
	return memfd_make_as(name, MFD_EXEC);
}

int memfd_make_bounded(const char *name, size_t size)
{
	AUTO_CLOSE int fd = memfd_make(name);

	if (fd < 0)
		return fd;
	if (ftruncate(fd, (off_t)size) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0)
		return -errno;
	return fd_take(&fd);
}

int memfd_seal(int fd)
{
	FAULT("memfd_seal");
	return fcntl(fd, F_ADD_SEALS,
		     F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0
		       ? -errno
		       : 0;
}
