/*
 * See root_file.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/root_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "linux/inroot.h"

int root_of_process(pid_t pid, struct err *e)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ESRCH))
		return err_set(e, ERR_CONFLICT, -ESRCH, "the container is not running");
	return fd < 0 ? err_sys(e, errno, "open %s", path) : fd;
}

/* Opened by what it is, not by its name again: in between it could be exchanged. */
static int reopen(int path_fd)
{
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", path_fd);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int read_whole(int path_fd, struct arena *arena, char **ret_text)
{
	AUTO_CLOSE int fd = reopen(path_fd);
	AUTO_FREE char *text = NULL;
	size_t len;
	int r = fd < 0 ? fd : fd_read_all(fd, ROOT_FILE_MAX, &text, &len);

	if (r < 0)
		return r;
	*ret_text = arena_copy_bytes(arena, text, len);
	return arena_ok(arena);
}

int root_file_read(int root_fd, const char *path, struct arena *arena, char **ret_text,
		   struct err *e)
{
	AUTO_CLOSE int fd = inroot_open(root_fd, path, O_PATH);
	struct stat st;
	int r;

	if (fd == -ENOENT || fd == -ENOTDIR)
		return -ENOENT;
	if (fd < 0)
		return err_sys(e, fd, "open %s in the image", path);
	if (fstat(fd, &st) < 0)
		return err_sys(e, errno, "look at %s in the image", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INVALID, -EINVAL, "%s in the image is not a regular file",
			       path);
	r = read_whole(fd, arena, ret_text);
	return r < 0 ? err_sys(e, r, "read %s of the image", path) : 0;
}
