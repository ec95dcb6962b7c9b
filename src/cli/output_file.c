/*
 * See output_file.h.
 *
 * Runs in: cli.
 * See: open(2) O_TMPFILE.
 */
#include "cli/output_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

/*
 * A file in the directory of `path` that has no name yet, so that nothing is left when we are ended;
 * where the file system has no such files, one with the name `temporary`.
 * Returns an fd owned by the caller.
 */
static int temporary_open(const char *path, const char *temporary, bool *ret_is_named,
			  struct err *e)
{
	AUTO_STR struct str place = { 0 };
	const char *slash = strrchr(path, '/');
	int fd;

	if (slash)
		str_add_bytes(&place, path, (size_t)(slash - path) + 1);
	else
		str_add(&place, ".");
	if (str_ok(&place) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a name");
	fd = open(str_text(&place), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	*ret_is_named = fd < 0;
	if (fd < 0)
		fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? err_sys(e, errno, "write %s", path) : fd;
}

/* It gets its name; what had it goes. */
static int temporary_publish(int fd, const char *temporary, bool is_named, const char *path,
			     struct err *e)
{
	char self[32];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (!is_named && linkat(AT_FDCWD, self, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) < 0)
		return err_sys(e, errno, "write %s", path);
	if (rename(temporary, path) < 0) {
		int r = err_sys(e, errno, "write %s", path);

		(void)unlink(temporary);
		return r;
	}
	return 0;
}

int output_file(struct cli *cli, const char *path, output_writer *write, void *context,
		struct err *e)
{
	const char *temporary;
	bool is_named;
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
	fd = temporary_open(path, temporary, &is_named, e);
	if (fd < 0)
		return fd;
	r = write(context, fd, e);
	if (r < 0 && is_named)
		(void)unlink(temporary);
	return r < 0 ? r : temporary_publish(fd, temporary, is_named, path, e);
}
