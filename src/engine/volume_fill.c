/*
 * See volume_fill.h.
 *
 * The layers are seen through the container's own root, where that is mounted already, or
 * through an overlay that is mounted nowhere (layer_view.h). The destination is resolved inside
 * of it (CVE-2022-23648: `VOLUME /../../etc`, links to the host).
 *
 * Runs in: cli (engine).
 * See: openat2(2).
 */
#include "engine/volume_fill.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "engine/layer_view.h"
#include "engine/tree_copy.h"
#include "linux/inroot.h"

int volume_fill_open(void *context, struct err *e)
{
	struct volume_fill *fill = context;
	AUTO_CLOSE int view_fd = -EBADF;

	if (fill->root_fd < 0) {
		view_fd = layer_view_open(fill->state, fill->layers, NULL, e);
		if (view_fd < 0)
			return view_fd;
	}
	volume_fill_done(fill);
	fill->source_fd = inroot_open(fill->root_fd < 0 ? view_fd : fill->root_fd,
				      fill->destination, O_RDONLY | O_DIRECTORY);
	if (fill->source_fd == -ENOENT || fill->source_fd == -ENOTDIR)
		return 0;
	return fill->source_fd < 0
		       ? err_sys(e, fill->source_fd, "open %s in the image", fill->destination)
		       : 1;
}

int volume_fill_copy(void *context, int data_fd, struct err *e)
{
	const struct volume_fill *fill = context;

	return tree_copy(fill->source_fd, data_fd, NULL, e);
}

void volume_fill_done(struct volume_fill *fill)
{
	fill->source_fd = fd_close(fill->source_fd);
}
