/*
 * See volume_fill.h.
 *
 * The layers are seen through an overlay that is mounted nowhere (layer_view.h). The
 * destination is resolved inside of it (CVE-2022-23648: `VOLUME /../../etc`, links to the
 * host).
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

int volume_fill_from_image(void *context, int data_fd, struct err *e)
{
	const struct volume_fill *fill = context;
	const struct strv *layers = fill->layers;
	AUTO_CLOSE int root_fd = -EBADF;
	AUTO_CLOSE int from_fd = -EBADF;

	/* An overlay without an upper directory wants two layers. */
	root_fd = layers->count == 1 ? openat(fill->state->root_fd, layers->items[0],
					      O_RDONLY | O_DIRECTORY | O_CLOEXEC)
				     : layer_view_open(fill->state, layers, e);
	if (root_fd < 0)
		return layers->count == 1 ? err_sys(e, errno, "open layer %s", layers->items[0])
					  : root_fd;
	from_fd = inroot_open(root_fd, fill->destination, O_RDONLY | O_DIRECTORY);
	if (from_fd == -ENOENT || from_fd == -ENOTDIR)
		return 0;
	if (from_fd < 0)
		return err_sys(e, from_fd, "open %s in the image", fill->destination);
	return tree_copy(from_fd, data_fd, e);
}
