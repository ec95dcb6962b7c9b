/*
 * See pid_file.h.
 *
 * Runs in: runtime.
 */
#include "oci/pid_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"

int pid_file_write(const char *path, pid_t pid, struct err *e)
{
	AUTO_CLOSE int dir_fd = -EBADF;
	char directory[PATH_MAX];
	const char *name;
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", (int)pid);
	int r;

	if (!path)
		return 0;
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	if (snprintf(directory, sizeof(directory), "%.*s.", (int)(name - path), path) >=
	    (int)sizeof(directory))
		return err_sys(e, ENAMETOOLONG, "pid file");
	dir_fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = dir_fd < 0 ? -errno
		       : file_replace(dir_fd, name, text, (size_t)len, 0644, FILE_FAST);
	return r < 0 ? err_sys(e, r, "write pid file %s", path) : 0;
}
