/*
 * Copying a directory tree by descriptors: owners, modes, times, extended attributes, links,
 * devices, FIFOs.
 *
 * The source is hostile (an image): every step is one name below an open directory, never
 * followed; the file system is not left.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_TREE_COPY_H
#define HOY_ENGINE_TREE_COPY_H

#include "base/err.h"

enum { TREE_DEPTH_MAX = 512 };

/* Copy what is in `from_fd` into the empty directory `to_fd`, which gets the owner, mode and
 * times of the source too. */
int tree_copy(int from_fd, int to_fd, struct err *e);

#endif
