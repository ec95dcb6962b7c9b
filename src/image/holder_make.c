/*
 * See holder_make.h.
 *
 * A namespace is pinned by a bind mount of its file. The kernel takes such a mount only where it
 * goes to nobody else, so RUNROOT/holder is first bound onto itself, and private. One detaching
 * unmount of that directory lets go of everything at once.
 *
 * Runs in: cli (engine).
 * See: mount_namespaces(7); namespaces(7).
 */
#include "image/holder_make.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "base/log.h"
#include "image/holder.h"
#include "linux/device.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"
#include "linux/namespace.h"
#include "linux/namespace_visit.h"

enum { UNPIN_TRIES = 64 };

/* A namespace being built: what is given, and what comes out. */
struct building {
	int store_fd; /* the data root as a detached mount; -1: a seed */
	int ns_fd;    /* the namespace */
	struct err *e;
};

/* --- building, in a visit ---------------------------------------------------------------- */

static int directory_make(int root_fd, const char *name)
{
	FAULT("mkdir");
	return mkdirat(root_fd, name, 0700) < 0 ? -errno : 0;
}

static int store_fill(int root_fd, int store_fd)
{
	AUTO_CLOSE int target = -EBADF;
	int r = directory_make(root_fd, "layers");

	if (r == 0)
		r = directory_make(root_fd, "store");
	if (r < 0)
		return r;
	target = openat(root_fd, "store", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return target < 0 ? -errno : mount_attach(store_fd, target);
}

/*
 * Nothing is in it, so whoever is born there gets all that he needs as descriptors. But devices
 * may have to be bound from the host's: where even we cannot make one (in a user namespace) there
 * is no seed.
 */
static int seed_try(int root_fd)
{
	const struct device_node null = { .type = S_IFCHR,
					  .mode = 0600,
					  .number = makedev(1, 3) };
	int r = device_make(root_fd, "null", &null);

	if (r == 0 && unlinkat(root_fd, "null", 0) < 0)
		r = -errno;
	return r;
}

static int root_make(void)
{
	AUTO_CLOSE int fs_fd = filesystem_open("tmpfs");
	int r = fs_fd < 0 ? fs_fd : filesystem_set(fs_fd, "source", "hoy");

	if (r == 0)
		r = filesystem_set(fs_fd, "mode", "755");
	return r < 0 ? r
		     : filesystem_mount(fs_fd, ABI_MOUNT_ATTR_NOSUID | ABI_MOUNT_ATTR_NODEV |
						       ABI_MOUNT_ATTR_NOEXEC);
}

/* An initramfs cannot be left; covered it is as good, because whoever joins is led to what is on
 * top. */
static int root_enter(int root_fd)
{
	int r = mount_attach_root(root_fd, "/");

	if (r == 0 && fchdir(root_fd) < 0)
		r = -errno;
	if (r == 0)
		r = mount_pivot();
	return r == -EINVAL ? 0 : r;
}

static int build_steps(struct building *b, int root_fd)
{
	const struct mount_change readonly = { .set = ABI_MOUNT_ATTR_RDONLY };
	int r = b->store_fd >= 0 ? store_fill(root_fd, b->store_fd) : seed_try(root_fd);

	if (r == 0 && b->store_fd < 0)
		r = mount_change(root_fd, &readonly, false);
	return r == 0 ? root_enter(root_fd) : r;
}

static int build(void *context)
{
	struct building *b = context;
	AUTO_CLOSE int root_fd = -EBADF;
	int r = namespace_unshare(CLONE_NEWNS);

	if (r < 0)
		return err_sys(b->e, r, "make a mount namespace");
	/* While /proc still is in reach. */
	b->ns_fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (b->ns_fd < 0)
		return err_sys(b->e, errno, "open /proc/self/ns/mnt");
	/* To its real root, also from a chroot. */
	r = namespace_join(b->ns_fd, CLONE_NEWNS);
	if (r == 0)
		r = mount_change_all(MS_PRIVATE);
	if (r == 0) {
		root_fd = root_make();
		r = root_fd < 0 ? root_fd : build_steps(b, root_fd);
	}
	return r < 0 ? err_sys(b->e, r, "fill the %s namespace",
			       b->store_fd >= 0 ? "store" : "seed")
		     : 0;
}

/* --- pinning ----------------------------------------------------------------------------- */

/* Returns RUNROOT/holder, a mount of its own: an fd owned by the caller. */
static int directory_bind(const struct state *state, struct err *e)
{
	const struct mount_change change = { .propagation = MS_PRIVATE };
	AUTO_CLOSE int below = -EBADF;
	AUTO_CLOSE int tree = -EBADF;
	AUTO_CLOSE int fd = -EBADF;
	int r = directory_make(state->runroot_fd, HOLDER_DIRECTORY);

	if (r < 0 && r != -EEXIST)
		return err_sys(e, r, "make %s/" HOLDER_DIRECTORY, state->runroot);
	below = openat(state->runroot_fd, HOLDER_DIRECTORY,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	tree = below < 0 ? -errno : mount_clone(below, "", 0);
	r = tree < 0 ? tree : mount_attach(tree, below);
	if (r == 0) {
		fd = openat(state->runroot_fd, HOLDER_DIRECTORY,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = fd < 0 ? -errno : mount_change(fd, &change, false);
	}
	return r < 0 ? err_sys(e, r, "bind %s/" HOLDER_DIRECTORY " privately", state->runroot)
		     : fd_take(&fd);
}

static int pin(const struct state *state, const char *path, int ns_fd, struct err *e)
{
	AUTO_CLOSE int target = openat(state->runroot_fd, path,
				       O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0400);
	AUTO_CLOSE int tree = target < 0 ? -errno : mount_clone(ns_fd, "", 0);
	int r = tree < 0 ? tree : mount_attach(tree, target);

	return r < 0 ? err_sys(e, r, "pin a mount namespace at %s/%s", state->runroot, path)
		     : 0;
}

/* The data root with what is mounted below it, now and later. */
static int store_clone(const struct state *state, struct err *e)
{
	const struct mount_change change = { .propagation = MS_SLAVE };
	AUTO_CLOSE int fd = mount_clone(state->root_fd, "", MOUNT_CLONE_RECURSIVE);
	int r = fd < 0 ? fd : mount_change(fd, &change, true);

	return r < 0 ? err_sys(e, r, "clone %s", state->root) : fd_take(&fd);
}

static int build_and_pin(const struct state *state, bool is_store, struct err *e)
{
	AUTO_CLOSE int store = is_store ? store_clone(state, e) : -EBADF;
	struct building b = { .store_fd = store, .ns_fd = -EBADF, .e = e };
	int r = is_store && store < 0 ? store : namespace_visit(-1, build, &b, e);

	if (r == 0)
		r = pin(state, is_store ? HOLDER_STORE : HOLDER_SEED, b.ns_fd, e);
	(void)fd_close(b.ns_fd);
	return r;
}

/*
 * Only a mount namespace that is younger than ours can be pinned in it, and Linux 6.18 tells age by
 * numbers that each processor hands out from a block of its own. On the processor where ours was
 * made the next number is higher; so where it is said to be older (ELOOP), which cannot happen in
 * the first namespace, each processor is tried.
 */
static int build_and_pin_anywhere(const struct state *state, bool is_store, struct err *e)
{
	cpu_set_t ours;
	int r = build_and_pin(state, is_store, e);

	if (r != -ELOOP || sched_getaffinity(0, sizeof(ours), &ours) < 0)
		return r;
	for (int cpu = 0; cpu < CPU_SETSIZE && r == -ELOOP; cpu++) {
		cpu_set_t one;

		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (CPU_ISSET(cpu, &ours) && sched_setaffinity(0, sizeof(one), &one) == 0)
			r = build_and_pin(state, is_store, e);
	}
	(void)sched_setaffinity(0, sizeof(ours), &ours);
	if (r == 0 && e)
		*e = (struct err){ 0 }; /* of the processors before */
	return r;
}

int holder_make(const struct state *state, struct err *e)
{
	AUTO_CLOSE int directory = -EBADF;
	struct err why = { 0 };
	int r = holder_unpin(state);

	if (r < 0)
		return err_sys(e, r, "let go of %s/" HOLDER_DIRECTORY, state->runroot);
	directory = directory_bind(state, e);
	r = directory < 0 ? directory : build_and_pin_anywhere(state, true, e);
	if (r == 0 && build_and_pin_anywhere(state, false, &why) < 0)
		log_debug("containers are born among the host's mounts: %s", why.text);
	if (r < 0)
		(void)holder_unpin(state);
	return r;
}

int holder_unpin(const struct state *state)
{
	char path[PATH_MAX + sizeof("/" HOLDER_DIRECTORY)];
	int r = 0;

	(void)snprintf(path, sizeof(path), "%s/" HOLDER_DIRECTORY, state->runroot);
	for (int i = 0; i < UNPIN_TRIES && r == 0; i++)
		r = mount_detach(path);
	return r == -EINVAL || r == -ENOENT ? 0 : r;
}
