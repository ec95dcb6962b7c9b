/*
 * See program.h.
 *
 * Runs in: cli, runtime.
 */
#include "base/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "<directory>/<name>" when it can be executed. */
static int program_try(const char *directory, const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/%s", directory, name);

	if (n < 0 || (size_t)n >= size)
		return -ENAMETOOLONG;
	return access(path, X_OK) < 0 ? -errno : 0;
}

int program_path(const char *name, char *path, size_t size, struct err *e)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (len > 0) {
		self[len] = '\0';
		slash = strrchr(self, '/');
		if (slash) {
			*slash = '\0';
			if (program_try(self, name, path, size) == 0)
				return 0;
		}
	}
	if (program_try(LIBEXECDIR, name, path, size) == 0)
		return 0;
	return err_set(e, ERR_INTERNAL, -ENOENT, "%s is neither beside hoy nor in %s", name,
		       LIBEXECDIR);
}
