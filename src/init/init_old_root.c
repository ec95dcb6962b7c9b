/*
 * With --no-pivot the old root stays mounted below the new one. Nobody inside has a path to it, but
 * the kernel lets a user namespace mount a procfs or sysfs of its own where one without anything
 * masked is mounted already: a container with masks would give its own away. So what the old root
 * has of the two is taken away before it is covered.
 *
 * Runs in: init, before the root is covered; the mounts are our own namespace's.
 * See: mount_namespaces(7); mount_too_revealing() in the kernel's fs/namespace.c;
 * proc_pid_mountinfo(5).
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/mounts.h"
#include "linux/procfs.h"

enum { MOUNTINFO_MAX = 16 * 1024 * 1024, FIELD_PATH = 4 };

static int read_mountinfo(char **ret, struct err *e)
{
	AUTO_CLOSE int proc_fd = procfs_open();
	AUTO_CLOSE int fd = -EBADF;
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "%d/mountinfo", (int)getpid());
	/* Where no new one may be made (no pid namespace of our own), the host's. */
	fd = proc_fd < 0 ? open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
			 : inroot_open_same(proc_fd, path, O_RDONLY);
	if (proc_fd < 0 && fd < 0)
		fd = -errno;
	r = fd < 0 ? fd : fd_read_all(fd, MOUNTINFO_MAX, ret, NULL);
	return r < 0 ? err_sys(e, r, "list the mounts") : 0;
}

/* "\040" is a space: three octal digits, in place. */
static void unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] && from[2] && from[3]) {
			*to = (char)((from[1] - '0') << 6 | (from[2] - '0') << 3 |
				     (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

static bool is_below(const char *path, const char *parent)
{
	size_t len = strlen(parent);

	return str_starts(path, parent) && (path[len] == '/' || path[len] == '\0');
}

/* Where a line's file system is a procfs or sysfs: its path, cut out of the line. Else NULL. */
static char *revealing_path(char *line)
{
	const char *type = strstr(line, " - ");
	char *path = line;

	if (!type || (!str_starts(type, " - proc ") && !str_starts(type, " - sysfs ")))
		return NULL;
	for (int i = 0; i < FIELD_PATH; i++) {
		path += strcspn(path, " ");
		path += *path == ' ';
	}
	path[strcspn(path, " ")] = '\0';
	unescape(path);
	return path;
}

/* In a user namespace mounts of the host's are locked, and can be covered only. */
static int cover(const char *path)
{
	AUTO_CLOSE int fs_fd = filesystem_open("tmpfs");
	AUTO_CLOSE int fd = fs_fd < 0 ? fs_fd : filesystem_mount(fs_fd, 0);

	return fd < 0 ? fd : mount_attach_root(fd, path);
}

int init_hide_old_root(const struct init *init, struct err *e)
{
	const char *root = plan_get_text(init->plan, init->plan->root_path);
	AUTO_FREE char *text = NULL;
	char resolved[PATH_MAX];
	char *save = NULL;
	int r;

	if (!root || !realpath(root, resolved))
		return err_sys(e, root ? errno : EINVAL, "find the root file system");
	r = read_mountinfo(&text, e);
	if (r < 0)
		return r;
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *path = revealing_path(line);

		if (!path || is_below(path, resolved))
			continue;
		r = mount_detach(path);
		if (r == -EINVAL || r == -EPERM)
			r = cover(path);
		/* One below another has gone with it. */
		if (r < 0 && r != -ENOENT)
			return err_sys(e, r, "hide %s of the old root", path);
	}
	return 0;
}
