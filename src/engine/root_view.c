/*
 * See root_view.h.
 *
 * Within one layer directories that are links are followed (in the layer); a file that is a
 * link is read again from the top, because its target may lie in another layer.
 *
 * Runs in: cli (engine).
 */
#include "engine/root_view.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "base/fd.h"

enum { LINKS_MAX = 8 };

static int open_in_root(int root_fd, const char *path, int flags)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int fd = (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

int root_view_open(struct root_view *view, int dir_fd, const char *upper, int store_fd,
		   const struct strv *layers, struct err *e)
{
	view->count = 0;
	if (upper) {
		int fd = openat(dir_fd, upper, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (fd < 0)
			return err_sys(e, errno, "open the container's %s", upper);
		view->fds[view->count++] = fd;
	}
	for (size_t i = 0; i < layers->count && view->count < ROOT_VIEW_MAX; i++) {
		int fd = openat(store_fd, layers->items[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0) {
			int r = err_sys(e, errno, "open layer %s", layers->items[i]);

			root_view_close(view);
			return r;
		}
		view->fds[view->count++] = fd;
	}
	return 0;
}

int root_view_open_process(struct root_view *view, pid_t pid, struct err *e)
{
	char path[64];
	int fd;

	view->count = 0;
	(void)snprintf(path, sizeof(path), "/proc/%d/root", (int)pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ESRCH))
		return err_set(e, ERR_CONFLICT, -ESRCH, "the container is not running");
	if (fd < 0)
		return err_sys(e, errno, "open %s", path);
	view->fds[view->count++] = fd;
	return 0;
}

void root_view_close(struct root_view *view)
{
	while (view->count > 0)
		(void)fd_close(view->fds[--view->count]);
}

/* Does the parent directory in this layer hide what is below it? */
static bool is_opaque(int root_fd, const char *path)
{
	const char *slash = strrchr(path, '/');
	char value[2] = "";
	char parent[4096];
	char proc[64];

	if (!slash || slash == path || (size_t)(slash - path) >= sizeof(parent))
		return false;
	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = '\0';
	AUTO_CLOSE int fd = open_in_root(root_fd, parent, O_PATH | O_DIRECTORY);

	if (fd < 0)
		return false;
	(void)snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	return getxattr(proc, "user.overlay.opaque", value, sizeof(value)) == 1 &&
	       value[0] == 'y';
}

/* Returns an O_PATH descriptor of what is at `path` in the topmost layer that has it, or
 * -ENOENT. */
static int find_entry(const struct root_view *view, const char *path, size_t *ret_layer,
		      struct stat *ret_st)
{
	for (size_t i = 0; i < view->count; i++) {
		int fd = open_in_root(view->fds[i], path, O_PATH | O_NOFOLLOW);

		if (fd < 0) {
			if (view->count > 1 && is_opaque(view->fds[i], path))
				return -ENOENT;
			continue;
		}
		if (fstat(fd, ret_st) < 0 ||
		    (S_ISCHR(ret_st->st_mode) && ret_st->st_rdev == makedev(0, 0))) {
			(void)fd_close(fd);
			return -ENOENT; /* a whiteout */
		}
		*ret_layer = i;
		return fd;
	}
	return -ENOENT;
}

/* `path` names a link: where it points to, as a path from the root. */
static int follow(int link_fd, char path[4096])
{
	char target[2048];
	char next[4096];
	char *slash;
	ssize_t len = readlinkat(link_fd, "", target, sizeof(target) - 1);

	if (len <= 0)
		return -EINVAL;
	target[len] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	if ((size_t)snprintf(next, sizeof(next), "%s/%s", target[0] == '/' ? "" : path,
			     target) >= sizeof(next))
		return -ENAMETOOLONG;
	return str_copy(path, 4096, next);
}

static int read_regular(int root_fd, const char *path, struct arena *arena, char **ret_text)
{
	AUTO_CLOSE int fd =
		open_in_root(root_fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	AUTO_FREE char *text = NULL;
	struct stat st;
	size_t len;
	int r;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (st.st_size > ROOT_FILE_MAX)
		return -EFBIG;
	r = fd_read_all(fd, ROOT_FILE_MAX, &text, &len);
	if (r < 0)
		return r;
	*ret_text = arena_copy_bytes(arena, text, len);
	return arena_ok(arena);
}

int root_view_read(const struct root_view *view, const char *path, struct arena *arena,
		   char **ret_text, struct err *e)
{
	char at[4096];
	int r = str_copy(at, sizeof(at), path);

	for (int i = 0; i < LINKS_MAX && r == 0; i++) {
		AUTO_CLOSE int fd = -EBADF;
		struct stat st;
		size_t layer;

		fd = find_entry(view, at, &layer, &st);
		if (fd < 0)
			return -ENOENT;
		if (S_ISLNK(st.st_mode)) {
			r = follow(fd, at);
			continue;
		}
		if (!S_ISREG(st.st_mode))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "%s in the image is not a regular file", path);
		r = read_regular(view->fds[layer], at, arena, ret_text);
		return r < 0 ? err_sys(e, r, "read %s of the image", path) : 0;
	}
	return err_set(e, ERR_INVALID, -EINVAL, "%s in the image: too many links", path);
}
