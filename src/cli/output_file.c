/*
 * See output_file.h.
 *
 * Runs in: cli.
 */
#include "cli/output_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

int output_check(const char *path, struct err *e)
{
	if (path || !isatty(STDOUT_FILENO))
		return 0;
	return err_set(e, ERR_INVALID, -EINVAL,
		       "cowardly refusing to save to a terminal. Use the -o flag or redirect");
}

/* A device or a pipe cannot be renamed over: it is written to. */
static int output_to_special(const char *path, output_writer *write, void *context,
			     struct err *e)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? err_sys(e, errno, "write %s", path) : write(context, fd, e);
}

int output_file(struct cli *cli, const char *path, output_writer *write, void *context,
		struct err *e)
{
	const char *temporary;
	AUTO_CLOSE int fd = -EBADF;
	struct stat st;
	int r = output_check(path, e);

	if (r < 0)
		return r;
	if (!path)
		return write(context, STDOUT_FILENO, e);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return output_to_special(path, write, context, e);
	temporary = arena_printf(&cli->arena, "%s.%d.new", path, (int)getpid());
	if (!temporary)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name");
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, errno, "write %s", path);
	r = write(context, fd, e);
	if (r >= 0 && rename(temporary, path) < 0)
		r = err_sys(e, errno, "write %s", path);
	if (r < 0)
		(void)unlink(temporary);
	return r;
}
