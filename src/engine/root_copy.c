/*
 * See root_copy.h.
 *
 * Runs in: cli (engine), in a visit.
 */
#include "engine/root_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "engine/tree_copy.h"

static int layer_apply(const char *path, int to_fd, const struct id_shift *shift, struct err *e)
{
	AUTO_CLOSE int from = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = from < 0 ? -errno : 0;

	if (r < 0)
		return err_sys(e, r, "open layer %s", path);
	r = tree_apply(from, to_fd, shift, e);
	return r < 0 ? err_wrap(e, r, "copy layer %s", path) : 0;
}

int root_copy_fill(int dir_fd, const char *name, const struct strv *lower,
		   const struct id_shift *shift, struct err *e)
{
	AUTO_CLOSE int fd =
		openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return err_sys(e, errno, "open the container's directory %s", name);
	/* An image may have no layers. */
	if (shift && fchown(fd, id_shift_uid(shift, 0), id_shift_gid(shift, 0)) < 0)
		return err_sys(e, errno, "give the container's root directory its owner");
	for (size_t i = lower->count; i > 0 && r == 0; i--)
		r = layer_apply(lower->items[i - 1], fd, shift, e);
	return r;
}

int root_copy_make(int dir_fd, const char *name, const struct strv *lower,
		   const struct id_shift *shift, struct err *e)
{
	FAULT("mkdir");
	if (mkdirat(dir_fd, name, 0755) < 0)
		return err_sys(e, errno, "make the container's directory %s", name);
	return root_copy_fill(dir_fd, name, lower, shift, e);
}
