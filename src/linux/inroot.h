/*
 * Paths inside a container's root file system, which its image or its processes may have
 * prepared against us.
 *
 * Every path is resolved by the kernel with the root as "/" (RESOLVE_IN_ROOT), so links and
 * ".." cannot leave, and magic links
 * (/proc/PID/fd) are refused. What is missing is made component by component with O_EXCL and
 * O_NOFOLLOW below descriptors that were resolved that way, so that exchanging a directory for
 * a link in between gains nothing.
 *
 * Runs in: init, cli (cp, hosts files), image.
 * See: openat2(2).
 */
#ifndef HOY_LINUX_INROOT_H
#define HOY_LINUX_INROOT_H

#include <limits.h>
#include <sys/types.h>

/*
 * Open `path` inside `root_fd` without ever leaving it, whatever links say; `flags` as for
 * open(2), CLOEXEC is added. Returns an fd owned by the caller, or -ENOENT, -ELOOP (a magic
 * link), -EAGAIN (renamed under us again and again) or -errno.
 */
int inroot_open(int root_fd, const char *path, int flags);

/* The same, and any symbolic link on the way is -ELOOP. */
int inroot_open_plain(int root_fd, const char *path, int flags);

/* The same, and neither links nor mounts are crossed (-EXDEV): for files of a procfs that
 * nobody else has arranged. */
int inroot_open_same(int root_fd, const char *path, int flags);

/* For a process whose own root is the container's: the usual resolution, but a magic link is
 * -ELOOP. */
int inroot_open_own(const char *path, int flags);

/*
 * The directory at `path`, made with `mode` where it is missing (mkdir -p; owned by the
 * caller's user). A link to a missing target has its target made inside the root. Returns an
 * O_PATH fd owned by the caller or -errno. Set the umask before.
 */
int inroot_make_dir(int root_fd, const char *path, mode_t mode);

/* The same for a regular file, empty when it is made; an existing object of any type but a link
 * is returned as it is. */
int inroot_make_file(int root_fd, const char *path, mode_t mode);

/*
 * The directory that holds the last component of `path`, made where it is missing, and that
 * component. Returns an O_PATH fd owned by the caller, -EINVAL where there is no last component
 * to make ("/", "a/..") or -errno.
 */
int inroot_make_parent(int root_fd, const char *path, char name[NAME_MAX + 1]);

#endif
