/*
 * See layer_view.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/layer_view.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "linux/mounts.h"

static int overlay_set_up(int fs_fd, const struct strv *layers)
{
	int r = filesystem_set(fs_fd, "userxattr", NULL);

	for (size_t i = 0; i < layers->count && r == 0; i++)
		r = filesystem_set(fs_fd, "lowerdir+", layers->items[i]);
	return r;
}

int layer_view_open(const struct state *state, const struct strv *layers, struct err *e)
{
	AUTO_CLOSE int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_CLOSE int fs_fd = filesystem_open("overlay");
	int mount_fd;
	int r;

	if (fs_fd < 0)
		return err_sys(e, fs_fd, "open an overlay");
	/* The options are paths relative to the working directory. */
	if (fchdir(state->root_fd) < 0)
		return err_sys(e, errno, "enter %s", state->root);
	r = overlay_set_up(fs_fd, layers);
	mount_fd = r < 0 ? r : filesystem_mount(fs_fd, 0);
	if (here >= 0 && fchdir(here) < 0)
		r = -errno;
	return mount_fd < 0 ? err_sys(e, mount_fd, "mount the layers") : mount_fd;
}
