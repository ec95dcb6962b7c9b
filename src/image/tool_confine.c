/*
 * See tool_confine.h.
 *
 * The directory's mount is cloned before the process has a mount namespace of its own, because
 * open_tree(2) refuses a mount of another namespace; a tree that the engine has detached
 * already (an overlay made for export) is taken as it is. A process without a directory gets an
 * empty file system that nothing can be written to: as root it could otherwise open root's own
 * files even without any capability.
 *
 * Runs in: image, before the first foreign byte is read.
 * See: pivot_root(2), mount_setattr(2), capabilities(7).
 */
#include "image/tool_confine.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "image/tool.h"
#include "image/tool_filter.h"
#include "linux/mounts.h"

enum { CONFINE_FILES_OPEN = 4096, CONFINE_MEMORY = 1 << 30 };

static int confine_descriptors(bool has_directory, struct err *e)
{
	if (close_range(TOOL_FDS, ~0U, 0) < 0)
		return err_sys(e, errno, "close descriptors");
	for (int fd = 0; fd < TOOL_FDS; fd++) {
		struct stat st;
		bool is_directory = fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);

		if (is_directory != (has_directory && fd == TOOL_DIRECTORY))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "descriptor %d is %sa directory", fd,
				       is_directory ? "" : "not ");
	}
	return 0;
}

static int confine_tree(bool is_read_only, struct err *e)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID |
						     MOUNT_ATTR_NOEXEC,
					 /* What is shared with the host's mounts, as with
					  * systemd it is, cannot become a root. */
					 .propagation = MS_PRIVATE };
	int tree;

	tree = open_tree(TOOL_DIRECTORY, "",
			 OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0 && errno == EINVAL)
		tree = fcntl(TOOL_DIRECTORY, F_DUPFD_CLOEXEC, TOOL_FDS);
	if (tree < 0)
		return err_sys(e, errno, "clone the directory's mount");
	if (is_read_only)
		attributes.attr_set |= MOUNT_ATTR_RDONLY;
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) < 0) {
		(void)err_sys(e, errno, "restrict the directory's mount");
		return fd_close(tree);
	}
	return tree;
}

static int confine_empty_tree(struct err *e)
{
	AUTO_CLOSE int fs_fd = filesystem_open("tmpfs");
	int tree = fs_fd < 0 ? fs_fd
			     : filesystem_mount(fs_fd, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV |
							       MOUNT_ATTR_NOSUID |
							       MOUNT_ATTR_NOEXEC);

	return tree < 0 ? err_sys(e, tree, "make an empty root") : tree;
}

/* Everything but the tree goes away: the old root is left behind and unmounted, and no
 * descriptor leads back to it. */
static int confine_root(int tree, struct err *e)
{
	if (move_mount(tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, errno, "attach the directory");
	if (fchdir(tree) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		return err_sys(e, errno, "make the directory the root");
	if (umount2(".", MNT_DETACH) < 0)
		return err_sys(e, errno, "leave the old root");
	return chdir("/") < 0 ? err_sys(e, errno, "enter the new root") : 0;
}

static int confine_directory(struct err *e)
{
	AUTO_CLOSE int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root < 0 || dup3(root, TOOL_DIRECTORY, O_CLOEXEC) < 0)
		return err_sys(e, errno, "open the new root");
	return 0;
}

static int confine_namespaces(enum confine_kind kind, struct err *e)
{
	AUTO_CLOSE int tree = -EBADF;
	int r;

	FAULT("unshare");
	tree = kind == CONFINE_BYTES ? confine_empty_tree(e)
				     : confine_tree(kind == CONFINE_READ, e);
	if (tree < 0)
		return tree;
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		return err_sys(e, errno, "leave the host's namespaces");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return err_sys(e, errno, "make mounts private");
	r = confine_root(tree, e);
	return r < 0 || kind == CONFINE_BYTES ? r : confine_directory(e);
}

static uint64_t confine_capabilities_of(enum confine_kind kind)
{
	if (kind == CONFINE_WRITE)
		return 1U << CAP_CHOWN | 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER |
		       1U << CAP_FSETID | 1U << CAP_MKNOD | 1U << CAP_SETFCAP;
	return kind == CONFINE_READ ? 1U << CAP_DAC_READ_SEARCH : 0;
}

static int confine_capabilities(uint64_t keep, struct err *e)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)keep, .permitted = (uint32_t)keep },
		{ .effective = (uint32_t)(keep >> 32), .permitted = (uint32_t)(keep >> 32) },
	};

	/* The bounding set first: dropping from it needs CAP_SETPCAP. */
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (!(keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap) < 0)
			return err_sys(e, errno, "drop capability %d", cap);
	if (syscall(SYS_capset, &header, data) < 0)
		return err_sys(e, errno, "drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, errno, "forbid new privileges");
	return 0;
}

/* What the process has mapped already, so that a build with sanitizers gets the same room as
 * any other. */
static uint64_t confine_memory_used(void)
{
	uint64_t pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f) {
		if (fscanf(f, "%lu", &pages) != 1)
			pages = 0;
		(void)fclose(f);
	}
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int confine_limits(uint64_t memory_used, struct err *e)
{
	const struct {
		int resource;
		struct rlimit limit;
	} limits[] = {
		{ RLIMIT_AS, { memory_used + CONFINE_MEMORY, memory_used + CONFINE_MEMORY } },
		{ RLIMIT_NOFILE, { CONFINE_FILES_OPEN, CONFINE_FILES_OPEN } },
		{ RLIMIT_CORE, { 0, 0 } },
		{ RLIMIT_MEMLOCK, { 0, 0 } },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit now;
		struct rlimit limit = limits[i].limit;

		if (getrlimit(limits[i].resource, &now) < 0)
			return err_sys(e, errno, "read limit %d", limits[i].resource);
		/* Never upwards: that would need CAP_SYS_RESOURCE. */
		if (limit.rlim_max > now.rlim_max)
			limit.rlim_cur = limit.rlim_max = now.rlim_max;
		if (setrlimit(limits[i].resource, &limit) < 0)
			return err_sys(e, errno, "set limit %d", limits[i].resource);
	}
	return 0;
}

int tool_confine(enum confine_kind kind, struct err *e)
{
	uint64_t memory_used = confine_memory_used();
	int r = confine_descriptors(kind != CONFINE_BYTES, e);

	if (r < 0)
		return r;
	r = confine_namespaces(kind, e);
	if (r < 0)
		return r;
	r = confine_limits(memory_used, e);
	if (r < 0)
		return r;
	r = confine_capabilities(confine_capabilities_of(kind), e);
	if (r < 0)
		return r;
	return tool_filter_load(e);
}
