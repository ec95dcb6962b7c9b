/*
 * Where the data of a file is, and so where its holes are.
 *
 * By SEEK_DATA and SEEK_HOLE; but EROFS does not answer these (Linux 6.18: all is data) and
 * counts holes as blocks, so there, and on an overlay, which may have such files, FIEMAP is
 * asked.
 *
 * Runs in: image, confined.
 * See: lseek(2), Documentation/filesystems/fiemap.rst.
 */
#ifndef HOY_IMAGE_TOOL_EXTENTS_H
#define HOY_IMAGE_TOOL_EXTENTS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/str.h"
#include "image/tool_tar.h"

enum { EXTENTS_MAX = 65536 };

/* Must FIEMAP be asked about the files below `root_fd`? */
bool extents_need_map(int root_fd);

/*
 * The extents of the regular file `fd`, in order, into `*ret`, which lives in `arena`. A hole
 * at the end is told by an empty extent there, as GNU tar does. Returns how many there are; 0:
 * no holes, or more than EXTENTS_MAX; -errno.
 */
ssize_t extents_find(int fd, const struct stat *st, bool needs_map, struct arena *arena,
		     struct tar_extent **ret);

#endif
