/*
 * See input_file.h.
 *
 * Runs in: cli.
 */
#include "cli/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

int input_open(const char *file, struct err *e)
{
	const char *name = file ? file : "standard input";
	AUTO_CLOSE int fd = file ? open(file, O_RDONLY | O_CLOEXEC)
				 : fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, errno, "open %s", name);
	if (S_ISDIR(st.st_mode))
		return err_sys(e, EISDIR, "open %s", name);
	return fd_take(&fd);
}
