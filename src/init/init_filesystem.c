/*
 * New file systems for the mounts of the plan: proc, tmpfs, devpts and whatever else the kernel
 * has, with the options that it takes.
 *
 * Runs in: init, as a part of its mounts.
 * See: fsopen(2), fsconfig(2); OCI runtime-spec config.md "mounts".
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "init/init.h"
#include "linux/inroot.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

enum { EXPLAIN_MAX = 256, CLASSIC_MAX = 4096 };

/* A tmpfs over a directory of the image looks like it, unless a mode is asked for. */
static int inherit_mode(const struct init *init, const struct plan_mount *mount, int fs_fd)
{
	const char *data = plan_get_text(init->plan, mount->data);
	AUTO_CLOSE int fd = -EBADF;
	struct stat st;
	char mode[8];

	if (!str_equal(plan_get_text(init->plan, mount->type), "tmpfs") ||
	    (data && strstr(data, "mode=")))
		return 0;
	fd = inroot_open(init->root_fd, plan_get_text(init->plan, mount->destination),
			 O_PATH | O_DIRECTORY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	(void)snprintf(mode, sizeof(mode), "%04o", (unsigned int)(st.st_mode & 07777));
	return filesystem_set(fs_fd, "mode", mode);
}

static int set_label(const struct init *init, const struct plan_mount *mount, int fs_fd)
{
	const struct plan_header *plan = init->plan;

	if (!plan->mount_label || !(mount->flags & PLAN_MOUNT_LABELED))
		return 0;
	return filesystem_set(fs_fd, plan_get_text(plan, plan->mount_label_option),
			      plan_get_text(plan, plan->mount_label));
}

int init_make_filesystem(const struct init *init, const struct plan_mount *mount, struct err *e)
{
	const char *type = plan_get_text(init->plan, mount->type);
	const char *source = plan_get_text(init->plan, mount->source);
	const char *data = plan_get_text(init->plan, mount->data);
	bool is_filled = mount->flags & PLAN_MOUNT_TMPCOPYUP;
	AUTO_CLOSE int fs_fd = filesystem_open(type);
	char why[EXPLAIN_MAX] = "";
	int fd = -EBADF;
	int r;

	if (fs_fd == -ENODEV)
		return err_set(e, ERR_UNSUPPORTED, fs_fd,
			       "this kernel has no file system \"%s\"", type);
	if (fs_fd < 0)
		return err_sys(e, fs_fd, "open the file system %s", type);
	r = source ? filesystem_set(fs_fd, "source", source) : 0;
	if (r == 0)
		r = inherit_mode(init, mount, fs_fd);
	if (r == 0)
		r = set_label(init, mount, fs_fd);
	if (r == 0 && data)
		r = filesystem_set_options(fs_fd, data, why, sizeof(why));
	if (r < 0 && why[0])
		return err_sys(e, r, "%s does not take the option %s", type, why);
	if (r == 0) {
		fd = filesystem_mount(fs_fd, is_filled ? 0 : mount->attr_set);
		r = fd;
	}
	if (r < 0) {
		filesystem_explain(fs_fd, why, sizeof(why));
		return err_sys(e, r, "make the file system %s%s%s", type, why[0] ? ": " : "",
			       why);
	}
	return fd;
}

/* --- mount(2) ---------------------------------------------------------------------------- */

bool init_is_filesystem_classic(const struct init *init, const struct plan_mount *mount)
{
	const char *data = plan_get_text(init->plan, mount->data);

	while (data && *data) {
		size_t len = strcspn(data, ",");
		const char *equals = memchr(data, '=', len);

		if (equals && (size_t)(data + len - equals - 1) > FILESYSTEM_VALUE_MAX)
			return true;
		data += len + (data[len] == ',');
	}
	return false;
}

static unsigned long classic_flags(uint64_t attributes)
{
	static const struct {
		uint64_t attribute;
		unsigned long flag;
	} known[] = {
		{ ABI_MOUNT_ATTR_RDONLY, MS_RDONLY },
		{ ABI_MOUNT_ATTR_NOSUID, MS_NOSUID },
		{ ABI_MOUNT_ATTR_NODEV, MS_NODEV },
		{ ABI_MOUNT_ATTR_NOEXEC, MS_NOEXEC },
		{ ABI_MOUNT_ATTR_NOATIME, MS_NOATIME },
		{ ABI_MOUNT_ATTR_STRICTATIME, MS_STRICTATIME },
		{ ABI_MOUNT_ATTR_NODIRATIME, MS_NODIRATIME },
		{ ABI_MOUNT_ATTR_NOSYMFOLLOW, ABI_MS_NOSYMFOLLOW },
	};
	unsigned long flags = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (attributes & known[i].attribute)
			flags |= known[i].flag;
	return flags;
}

/* Onto the working directory, which is the destination: no path is looked up. */
int init_mount_classic(struct init *init, const struct plan_mount *mount, struct err *e)
{
	const char *type = plan_get_text(init->plan, mount->type);
	const char *source = plan_get_text(init->plan, mount->source);
	const char *data = plan_get_text(init->plan, mount->data);
	AUTO_CLOSE int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int target = init_open_destination(init, mount, true, e);
	int r;

	if (target < 0)
		return target;
	/* The kernel would cut the rest off without a word. */
	if (strlen(data) >= CLASSIC_MAX)
		return err_set(e, ERR_UNSUPPORTED, -E2BIG,
			       "an option of more than %d bytes, and more than %d in all",
			       FILESYSTEM_VALUE_MAX, CLASSIC_MAX - 1);
	if (before < 0 || fchdir(target) < 0)
		return err_sys(e, errno, "enter the destination");
	r = mount_classic(source ? source : type, type, ".", classic_flags(mount->attr_set),
			  data);
	if (r == 0 && fchdir(before) < 0)
		r = -errno;
	return r < 0 ? err_sys(e, r, "mount the file system %s", type) : 0;
}
