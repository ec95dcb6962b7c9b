/*
 * See program.h, and runtime_program_path in runtime.h.
 *
 * Runs in: cli (engine), runtime.
 */
#include "runtime/program.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/memfd.h"
#include "runtime/runtime.h"

enum { PROGRAM_SIZE_MAX = 16 * 1024 * 1024 };

/* The directory of the running program, with its last slash. */
static int own_directory(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (n < 0)
		return -errno;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return -ENOENT;
	slash[1] = '\0';
	return 0;
}

int runtime_program_path(const char *name, char *path, size_t size, struct err *e)
{
	char directory[PATH_MAX];

	if (own_directory(directory, sizeof(directory)) == 0 &&
	    snprintf(path, size, "%s%s", directory, name) < (int)size &&
	    access(path, X_OK) == 0)
		return 0;
	if (snprintf(path, size, "%s/%s", LIBEXECDIR, name) < (int)size &&
	    access(path, X_OK) == 0)
		return 0;
	return err_set(e, ERR_INTERNAL, -ENOENT,
		       "%s is neither beside the running program nor in %s", name, LIBEXECDIR);
}

static int copy_all(int to, int from, off_t size)
{
	while (size > 0) {
		ssize_t n = sendfile(to, from, NULL, (size_t)size);

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		size -= n;
	}
	return 0;
}

static int program_copy(int to, const char *path, struct err *e)
{
	AUTO_CLOSE int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int r;

	if (from < 0)
		return err_sys(e, errno, "open %s", path);
	if (fstat(from, &st) < 0)
		return err_sys(e, errno, "stat %s", path);
	if (!S_ISREG(st.st_mode) || st.st_size > PROGRAM_SIZE_MAX)
		return err_set(e, ERR_INTERNAL, -EINVAL, "%s is not a program of ours", path);
	r = copy_all(to, from, st.st_size);
	return r < 0 ? err_sys(e, r, "copy %s", path) : 0;
}

int program_load_init(const char *path, struct err *e)
{
	AUTO_CLOSE int fd = -EBADF;
	char found[PATH_MAX];
	int r = 0;

	FAULT("memfd");
	if (!path)
		r = runtime_program_path("hoy-init", found, sizeof(found), e);
	if (r < 0)
		return r;
	fd = memfd_make_executable("hoy-init");
	if (fd < 0)
		return err_sys(e, fd, "memfd for hoy-init");
	r = program_copy(fd, path ? path : found, e);
	if (r < 0)
		return r;
	r = memfd_seal(fd);
	return r < 0 ? err_sys(e, r, "seal the memfd of hoy-init") : fd_take(&fd);
}
