/*
 * See erofs.h.
 *
 * Runs in: cli (engine), in a visit.
 */
#include "linux/erofs.h"

#include <stdbool.h>

#include "base/fd.h"
#include "linux/kernel_abi.h"
#include "linux/mounts.h"

enum { EXPLAIN_MAX = 256 };

/* No such file system; only from a block device; not from a file of this file system; not by us. */
static bool is_refusal(int r)
{
	return r == -ENODEV || r == -ENOTBLK || r == -EOPNOTSUPP || r == -EPERM;
}

int erofs_mount(const char *path, struct err *e)
{
	const uint64_t attributes = ABI_MOUNT_ATTR_RDONLY | ABI_MOUNT_ATTR_NODEV |
				    ABI_MOUNT_ATTR_NOSUID | ABI_MOUNT_ATTR_NOEXEC;
	AUTO_CLOSE int fs_fd = filesystem_open("erofs");
	char why[EXPLAIN_MAX] = "";
	int r = fs_fd < 0 ? fs_fd : filesystem_set(fs_fd, "source", path);

	if (r == 0)
		r = filesystem_set(fs_fd, "ro", NULL);
	if (r == 0)
		r = filesystem_mount(fs_fd, attributes);
	if (r >= 0)
		return r;
	if (fs_fd >= 0)
		filesystem_explain(fs_fd, why, sizeof(why));
	(void)err_sys(e, r, "mount the image %s%s%s", path, why[0] ? ": " : "", why);
	if (!is_refusal(r))
		return r;
	if (e)
		e->kind = ERR_UNSUPPORTED;
	return -EOPNOTSUPP;
}
