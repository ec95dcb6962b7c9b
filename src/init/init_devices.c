/*
 * Device nodes and the links of /dev.
 *
 * /dev is resolved once, inside the root; nodes and links are made relative to that descriptor,
 * so an image whose /dev is a link to somewhere gains nothing (CVE-2026-41579).
 *
 * Runs in: init, after the mounts, before the pivot.
 * See: OCI runtime-spec config-linux.md "devices" and "default devices".
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/device.h"
#include "linux/inroot.h"
#include "linux/mounts.h"

int init_open_dev(struct init *init, struct err *e)
{
	if (init->dev_fd >= 0)
		return init->dev_fd;
	init->dev_fd = inroot_make_dir(init->root_fd, "/dev", 0755);
	return init->dev_fd < 0 ? err_sys(e, init->dev_fd, "open /dev of the container")
				: init->dev_fd;
}

/*
 * The directory in which `path` is to be made and the name in it. `*ret_owned` is what the
 * caller has to close; the descriptor returned may be init->dev_fd.
 */
static int open_place(struct init *init, const char *path, char name[NAME_MAX + 1],
		      int *ret_owned, struct err *e)
{
	const char *rest = str_starts(path, "/dev/") ? path + strlen("/dev/") : NULL;
	int fd;

	if (rest && rest[0] && !strchr(rest, '/') && strcmp(rest, ".") != 0 &&
	    strcmp(rest, "..") != 0 && str_copy(name, NAME_MAX + 1, rest) == 0)
		return init_open_dev(init, e);
	fd = inroot_make_parent(init->root_fd, path, name);
	if (fd < 0)
		return err_sys(e, fd, "make the directory of %s", path);
	*ret_owned = fd;
	return fd;
}

/*
 * The host's node: usually it has the same name there, and where not, udev(7) keeps a link by
 * number. Returns a detached mount owned by the caller, or -ENXIO, -errno.
 */
static int open_host_device(const char *path, const struct device_node *node)
{
	char link[64];
	AUTO_CLOSE int fd = mount_clone(AT_FDCWD, path, 0);

	if (fd >= 0 && device_is(fd, node->type, node->number))
		return fd_take(&fd);
	(void)fd_close(fd);
	(void)snprintf(link, sizeof(link), "/dev/%s/%u:%u",
		       node->type == S_IFBLK ? "block" : "char", major(node->number),
		       minor(node->number));
	fd = mount_clone(AT_FDCWD, link, 0);
	if (fd < 0)
		return -ENXIO;
	return device_is(fd, node->type, node->number) ? fd_take(&fd) : -ENXIO;
}

/* In a user namespace nobody makes nodes: the host's own is bound over a file, if it is what
 * the plan says. */
static int bind_device(int dir_fd, const char *name, const char *path,
		       const struct device_node *node)
{
	AUTO_CLOSE int fd = open_host_device(path, node);
	AUTO_CLOSE int target = -EBADF;
	struct stat st;

	if (fd < 0)
		return fd;
	target = openat(dir_fd, name, O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0666);
	if (target < 0 && errno == EEXIST)
		target = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target < 0 || fstat(target, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) || S_ISDIR(st.st_mode))
		return -EEXIST;
	return mount_attach(fd, target);
}

static int make_device(struct init *init, const struct plan_device *device, struct err *e)
{
	const char *path = plan_get_text(init->plan, device->path);
	const struct device_node node = {
		.type = device->type,
		.mode = device->mode & 07777,
		.number = makedev(device->major, device->minor),
		.uid = device->uid,
		.gid = device->gid,
	};
	char name[NAME_MAX + 1];
	AUTO_CLOSE int owned = -EBADF;
	int dir_fd;
	int r;

	if (node.type != S_IFCHR && node.type != S_IFBLK && node.type != S_IFIFO)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "device %s: 0%o is not the type of a device", path,
			       (unsigned int)node.type);
	dir_fd = open_place(init, path, name, &owned, e);
	if (dir_fd < 0)
		return dir_fd;
	r = device_make(dir_fd, name, &node);
	/* An image's own empty file serves there, too. */
	if ((r == -EPERM || (r == -EEXIST && init->plan->flags & PLAN_NEW_USER)) &&
	    node.type != S_IFIFO)
		r = bind_device(dir_fd, name, path, &node);
	if (r == -ENXIO)
		return err_set(e, ERR_INVALID, r,
			       "device %s: the host has no such node that could be bound",
			       path);
	if (r == -EEXIST)
		return err_set(e, ERR_CONFLICT, r, "device %s: something else is there already",
			       path);
	return r < 0 ? err_sys(e, r, "make the device %s", path) : 0;
}

static int make_link(struct init *init, const struct plan_pair *link, struct err *e)
{
	const char *path = plan_get_text(init->plan, link->key);
	char name[NAME_MAX + 1];
	AUTO_CLOSE int owned = -EBADF;
	int dir_fd = open_place(init, path, name, &owned, e);

	if (dir_fd < 0)
		return dir_fd;
	/* What an image has put there is its own affair. */
	if (symlinkat(plan_get_text(init->plan, link->value), dir_fd, name) < 0 &&
	    errno != EEXIST)
		return err_sys(e, errno, "make the link %s", path);
	return 0;
}

int init_devices(struct init *init, struct err *e)
{
	const struct plan_header *plan = init->plan;
	const struct plan_device *devices = plan_array(plan, plan->devices, struct plan_device);
	const struct plan_pair *links = plan_array(plan, plan->links, struct plan_pair);
	int r = 0;

	for (uint32_t i = 0; i < plan->devices.count && r == 0; i++)
		r = make_device(init, &devices[i], e);
	for (uint32_t i = 0; i < plan->links.count && r == 0; i++)
		r = make_link(init, &links[i], e);
	return r;
}
