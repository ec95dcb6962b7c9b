/*
 * See confine.h.
 *
 * The root is a tmpfs made here and filled before it becomes read-only: a path of the host, a unix
 * socket among them, then leads nowhere. The C library looks names up by itself in files and by
 * DNS; other sources of nsswitch.conf, which would have to be loaded, are not there, and it goes
 * on to the next one.
 *
 * Runs in: fetch.
 * See: resolv.conf(5), nsswitch.conf(5), mount_setattr(2), capabilities(7).
 */
#include "fetch/confine.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "fetch/filter.h"
#include "linux/capabilities.h"
#include "linux/mounts.h"
#include "linux/namespace.h"
#include "linux/nobody.h"
#include "linux/process.h"

enum {
	FILES_OPEN = 256,
	FILE_MAX = 1 << 20,
	MEMORY = 1 << 30 /* bytes of address space; threads' stacks are most of it */
};

/* Bytes for the whole root; what is in it is a few files of /etc. */
#define ROOT_OPTIONS "size=4m,nr_inodes=64,mode=0755"

static const char *const etc_files[] = { "resolv.conf", "hosts",    "nsswitch.conf",
					 "host.conf",	"gai.conf", "services" };

static int copy_file(int etc_fd, int root_fd, const char *name)
{
	AUTO_FREE char *data = NULL;
	AUTO_CLOSE int fd = -EBADF;
	size_t len = 0;
	int r = file_read(etc_fd, name, FILE_MAX, &data, &len);

	/* Not there, or no file of a sensible size: as if it were not there. */
	if (r < 0)
		return 0;
	fd = openat(root_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (fd < 0)
		return -errno;
	return fd_write_all(fd, data, len);
}

static int fill_root(int mount_fd, struct err *e)
{
	AUTO_CLOSE int from = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int to = -EBADF;
	int r = 0;

	if (mkdirat(mount_fd, "etc", 0755) < 0)
		return err_sys(e, errno, "make /etc");
	to = openat(mount_fd, "etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (to < 0)
		return err_sys(e, errno, "open /etc");
	for (size_t i = 0; i < sizeof(etc_files) / sizeof(etc_files[0]) && r == 0; i++)
		r = from < 0 ? 0 : copy_file(from, to, etc_files[i]);
	return r < 0 ? err_sys(e, r, "copy files of /etc") : 0;
}

static int make_root(struct err *e)
{
	AUTO_CLOSE int fs = filesystem_open("tmpfs");
	char option[32];
	int r;
	int mount_fd;

	if (fs < 0)
		return err_sys(e, fs, "make an empty root");
	r = filesystem_set_options(fs, ROOT_OPTIONS, option, sizeof(option));
	if (r < 0)
		return err_sys(e, r, "make an empty root: %s", option);
	mount_fd =
		filesystem_mount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return mount_fd < 0 ? err_sys(e, mount_fd, "mount an empty root") : mount_fd;
}

static int enter_root(struct err *e)
{
	const struct mount_change read_only = { .set = MOUNT_ATTR_RDONLY };
	AUTO_CLOSE int root = make_root(e);
	int r;

	if (root < 0)
		return root;
	r = fill_root(root, e);
	if (r < 0)
		return r;
	r = mount_change_all(MS_PRIVATE);
	if (r == 0)
		r = mount_attach_root(root, "/");
	if (r == 0 && fchdir(root) < 0)
		r = -errno;
	if (r == 0)
		r = mount_pivot();
	if (r == 0)
		r = mount_change(root, &read_only, false);
	if (r == 0 && chdir("/") < 0)
		r = -errno;
	return r < 0 ? err_sys(e, r, "enter an empty root") : 0;
}

static int write_own(const char *path, const char *text)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd_write_all(fd, text, strlen(text));
}

/* Whoever has no number in a user namespace cannot make a file there. */
static int map_self(uid_t uid, gid_t gid, struct err *e)
{
	char map[64];
	int r = write_own("/proc/self/setgroups", "deny");

	(void)snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	if (r == 0)
		r = write_own("/proc/self/uid_map", map);
	(void)snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	if (r == 0)
		r = write_own("/proc/self/gid_map", map);
	return r < 0 ? err_sys(e, r, "map ourselves into a user namespace") : 0;
}

/* A user namespace of one's own where there are no privileges to begin with. Returns 1: there may
 * be none. */
static int leave_namespaces(bool is_root, struct err *e)
{
	int types = CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	int r = namespace_unshare(is_root ? types : types | CLONE_NEWUSER);

	if (r < 0 && !is_root)
		return 1;
	if (r < 0)
		return err_sys(e, r, "leave the host's namespaces");
	return is_root ? 0 : map_self(uid, gid, e);
}

static int set_limits(struct err *e)
{
	const struct {
		uint32_t resource;
		uint64_t value;
	} limits[] = { { RLIMIT_AS, MEMORY },
		       { RLIMIT_NOFILE, FILES_OPEN },
		       { RLIMIT_CORE, 0 },
		       { RLIMIT_MEMLOCK, 0 },
		       { RLIMIT_MSGQUEUE, 0 } };

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit now;
		uint64_t value = limits[i].value;
		int r;

		if (getrlimit((__rlimit_resource_t)limits[i].resource, &now) < 0)
			return err_sys(e, errno, "read a limit");
		if (value > now.rlim_max)
			value = now.rlim_max;
		r = process_set_limit(limits[i].resource, value, value);
		if (r < 0)
			return err_sys(e, r, "set %s", process_limit_name(limits[i].resource));
	}
	return 0;
}

static int drop_privileges(bool is_root, struct err *e)
{
	int r = is_root ? nobody_become() : capabilities_set(0, 0, 0);

	if (r == 0)
		r = process_set_no_new_privileges();
	if (r == 0)
		r = process_set_dumpable(false);
	/* A change of ids has taken it back. */
	if (r == 0)
		r = process_die_with_parent();
	return r < 0 ? err_sys(e, r, "drop privileges") : 0;
}

int fetch_confine(struct err *e)
{
	bool is_root = geteuid() == 0;
	int r = leave_namespaces(is_root, e);

	if (r == 0)
		r = enter_root(e);
	if (r >= 0)
		r = set_limits(e);
	if (r == 0)
		r = drop_privileges(is_root, e);
	return r < 0 ? r : fetch_filter_load(e);
}
