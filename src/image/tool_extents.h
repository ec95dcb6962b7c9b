/*
 * Where the data of a file is, and so where its holes are.
 *
 * A file that takes fewer blocks than its size has holes; but EROFS counts holes as blocks, so
 * large files are asked in any case.
 *
 * Runs in: image, confined.
 * See: lseek(2), SEEK_DATA.
 */
#ifndef HOY_IMAGE_TOOL_EXTENTS_H
#define HOY_IMAGE_TOOL_EXTENTS_H

#include <sys/stat.h>
#include <sys/types.h>

#include "base/str.h"
#include "image/tar.h"

enum { EXTENTS_MAX = 65536 };

/*
 * The extents of the regular file `fd`, in order, into `*ret`, which lives in `arena`. A hole
 * at the end is told by an empty extent there, as GNU tar does. Returns how many there are; 0:
 * no holes, or more than EXTENTS_MAX; -errno.
 */
ssize_t extents_find(int fd, const struct stat *st, struct arena *arena,
		     struct tar_extent **ret);

#endif
