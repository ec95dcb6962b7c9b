/*
 * See cidfile.h.
 *
 * Runs in: cli.
 */
#include "cli/cidfile.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"

int cidfile_open(struct cidfile *file, const char *path, struct err *e)
{
	*file = (struct cidfile){ .path = path, .fd = -EBADF };
	if (!path)
		return 0;
	file->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (file->fd >= 0)
		return 0;
	file->path = NULL;
	if (errno == EEXIST)
		return err_set(e, ERR_CONFLICT, -EEXIST,
			       "--cidfile: container ID file found, make sure the other "
			       "container isn't running or delete %s",
			       path);
	return err_sys(e, errno, "--cidfile: create %s", path);
}

int cidfile_write(struct cidfile *file, const char *id, struct err *e)
{
	int r;

	if (!file->path)
		return 0;
	r = fd_write_all(file->fd, id, strlen(id));
	file->fd = fd_close(file->fd);
	if (r < 0)
		return err_sys(e, r, "--cidfile: write %s", file->path);
	file->path = NULL;
	return 0;
}

void cidfile_abandon(struct cidfile *file)
{
	if (!file->path)
		return;
	(void)unlink(file->path);
	file->fd = fd_close(file->fd);
	file->path = NULL;
}
