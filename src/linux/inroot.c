/*
 * See inroot.h.
 *
 * Runs in: init, cli, image.
 */
#include "linux/inroot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/fd.h"
#include "linux/kernel_abi.h"

enum { INROOT_TRIES = 64, INROOT_LINKS = 8 };

static int inroot_open_how(int root_fd, const char *path, int flags, uint64_t resolve)
{
	struct abi_open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = ABI_RESOLVE_NO_MAGICLINKS | resolve,
	};
	long fd = -1;

	/* A rename or mount anywhere while ".." is resolved gives EAGAIN. */
	for (int i = 0; i < INROOT_TRIES; i++) {
		fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return fd < 0 ? -errno : (int)fd;
}

int inroot_open(int root_fd, const char *path, int flags)
{
	return inroot_open_how(root_fd, path, flags, ABI_RESOLVE_IN_ROOT);
}

int inroot_open_plain(int root_fd, const char *path, int flags)
{
	return inroot_open_how(root_fd, path, flags,
			       ABI_RESOLVE_IN_ROOT | ABI_RESOLVE_NO_SYMLINKS);
}

int inroot_open_same(int root_fd, const char *path, int flags)
{
	return inroot_open_how(root_fd, path, flags,
			       ABI_RESOLVE_IN_ROOT | ABI_RESOLVE_NO_SYMLINKS |
				       ABI_RESOLVE_NO_XDEV);
}

int inroot_open_own(const char *path, int flags)
{
	return inroot_open_how(AT_FDCWD, path, flags, 0);
}

static int make_dir(int root_fd, const char *path, mode_t mode, int links);
static int make_file(int root_fd, const char *path, mode_t mode, int links);

/*
 * `dir_path`/`name` is a link to nothing. Write into `to` the path that means its target, with
 * `rest` behind it. Nothing that a link says is trusted: the new path is resolved inside the
 * root like the first.
 */
static int follow_link(int dir_fd, const char *dir_path, const char *name, const char *rest,
		       char to[PATH_MAX])
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(dir_fd, name, target, sizeof(target) - 1);
	int n;

	if (len < 0)
		return -errno;
	target[len] = '\0';
	n = snprintf(to, PATH_MAX, "%s%s%s%s", target[0] == '/' ? "" : dir_path,
		     target[0] == '/' ? "" : "/", target, rest);
	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* How much of `path`, cut at a slash before `len`, is its parent; leading slashes stay. */
static size_t parent_len(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len;
}

/* The deepest part of `path` that exists: its O_PATH fd, and its length. */
static int open_existing(int root_fd, const char *path, size_t *ret_len)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	memcpy(part, path, len + 1);
	for (;;) {
		int fd;

		len = parent_len(part, len);
		part[len] = '\0';
		fd = inroot_open(root_fd, len > 0 ? part : "/", O_PATH | O_DIRECTORY);
		if (fd != -ENOENT || len == 0) {
			*ret_len = len;
			return fd;
		}
	}
}

/* Make one directory below `dir_fd`; `path` up to `end` names it from the root. Returns its
 * O_PATH fd. */
static int make_component(int root_fd, int dir_fd, const char *path, size_t start, size_t end,
			  mode_t mode)
{
	char part[PATH_MAX];

	memcpy(part, path, end);
	part[end] = '\0';
	FAULT("mkdirat");
	if (mkdirat(dir_fd, part + start, mode) == 0) {
		int fd = openat(dir_fd, part + start,
				O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);

		return fd < 0 ? -errno : fd;
	}
	if (errno != EEXIST)
		return -errno;
	/* "..", a link, or somebody was faster. */
	return inroot_open(root_fd, part, O_PATH | O_DIRECTORY);
}

static int make_through_link(int root_fd, int dir_fd, const char *path, size_t start,
			     size_t end, mode_t mode, int links)
{
	char dir_path[PATH_MAX];
	char name[NAME_MAX + 1];
	char to[PATH_MAX];
	int r;

	if (links == 0)
		return -ELOOP;
	if (end - start > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(dir_path, path, start);
	dir_path[start] = '\0';
	memcpy(name, path + start, end - start);
	name[end - start] = '\0';
	r = follow_link(dir_fd, dir_path, name, path + end, to);
	return r < 0 ? r : make_dir(root_fd, to, mode, links - 1);
}

static int make_dir(int root_fd, const char *path, mode_t mode, int links)
{
	AUTO_CLOSE int dir_fd =
		inroot_open(root_fd, path[0] ? path : "/", O_PATH | O_DIRECTORY);
	size_t end;

	if (dir_fd != -ENOENT)
		return fd_take(&dir_fd);
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	dir_fd = open_existing(root_fd, path, &end);
	while (dir_fd >= 0) {
		size_t start = end + strspn(path + end, "/");
		int fd;

		if (path[start] == '\0')
			return fd_take(&dir_fd);
		end = start + strcspn(path + start, "/");
		fd = make_component(root_fd, dir_fd, path, start, end, mode);
		if (fd == -ENOENT)
			return make_through_link(root_fd, dir_fd, path, start, end, mode,
						 links);
		(void)fd_close(dir_fd);
		dir_fd = fd;
	}
	return dir_fd;
}

int inroot_make_dir(int root_fd, const char *path, mode_t mode)
{
	return make_dir(root_fd, path, mode, INROOT_LINKS);
}

int inroot_make_parent(int root_fd, const char *path, char name[NAME_MAX + 1])
{
	char parent[PATH_MAX];
	size_t len = strlen(path);
	size_t start;

	if (len >= sizeof(parent))
		return -ENAMETOOLONG;
	start = parent_len(path, len);
	while (len > start && path[len - 1] == '/')
		len--;
	if (len - start > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, path + start, len - start);
	name[len - start] = '\0';
	if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	memcpy(parent, path, start);
	parent[start] = '\0';
	return make_dir(root_fd, parent, 0755, INROOT_LINKS);
}

static int make_file_at(int root_fd, int dir_fd, const char *path, const char *name,
			mode_t mode, int links)
{
	char dir_path[PATH_MAX];
	char to[PATH_MAX];
	size_t len = parent_len(path, strlen(path));
	int fd;
	int r;

	FAULT("openat");
	fd = openat(dir_fd, name, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd >= 0)
		return fd;
	if (errno != EEXIST)
		return -errno;
	if (links == 0)
		return -ELOOP;
	memcpy(dir_path, path, len);
	dir_path[len] = '\0';
	r = follow_link(dir_fd, dir_path, name, "", to);
	return r < 0 ? r : make_file(root_fd, to, mode, links - 1);
}

static int make_file(int root_fd, const char *path, mode_t mode, int links)
{
	AUTO_CLOSE int dir_fd = -EBADF;
	char name[NAME_MAX + 1];
	int fd = inroot_open(root_fd, path, O_PATH);

	if (fd != -ENOENT)
		return fd;
	dir_fd = inroot_make_parent(root_fd, path, name);
	if (dir_fd < 0)
		return dir_fd;
	return make_file_at(root_fd, dir_fd, path, name, mode, links);
}

int inroot_make_file(int root_fd, const char *path, mode_t mode)
{
	return make_file(root_fd, path, mode, INROOT_LINKS);
}
