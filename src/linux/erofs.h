/*
 * EROFS images, mounted straight from their file: without a block device in between, which Linux
 * does from 6.12 on, from files of most file systems (a tmpfs is none of them).
 *
 * Runs in: cli (engine), in a visit (namespace_visit.h).
 * See: fsopen(2); Documentation/filesystems/erofs.rst.
 */
#ifndef HOY_LINUX_EROFS_H
#define HOY_LINUX_EROFS_H

#include "base/err.h"

/*
 * A detached mount of the image at `path` (at most 255 bytes): read-only, and of no use for
 * devices, set-user-id and programs but as the layer of an overlay. Returns an fd owned by the
 * caller, or with a sentence -EOPNOTSUPP (this machine cannot do it) or -errno.
 */
int erofs_mount(const char *path, struct err *e);

#endif
