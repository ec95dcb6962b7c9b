/*
 * Copying a directory tree by descriptors: owners, modes, times, extended attributes, links of
 * both kinds, holes, devices, FIFOs. Where the file system can share the blocks of two files,
 * contents are not copied.
 *
 * The source is hostile (an image): every step is one name below an open directory, never
 * followed; the file system is not left.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_TREE_COPY_H
#define HOY_ENGINE_TREE_COPY_H

#include "base/err.h"
#include "engine/id_shift.h"

enum { TREE_DEPTH_MAX = 512 };

/* Copy what is in `from_fd` into the empty directory `to_fd`, which gets the owner, mode and
 * times of the source too. `shift`: of the ids on the way, NULL: none. */
int tree_copy(int from_fd, int to_fd, const struct id_shift *shift, struct err *e);

/*
 * Put the layer `from_fd` on top of what is in `to_fd`, as an overlay would show it: whiteouts
 * and opaque directories take away what was below, what it has replaces or joins what was there.
 * Nobody else may be at work in `to_fd`.
 */
int tree_apply(int from_fd, int to_fd, const struct id_shift *shift, struct err *e);

#endif
