/*
 * A mount of a running container, for another one or to be read.
 *
 * Runs in: cli (engine).
 * See: open_tree(2), setns(2).
 */
#ifndef HOY_ENGINE_MOUNT_BORROW_H
#define HOY_ENGINE_MOUNT_BORROW_H

#include "engine/engine.h"

/*
 * A detached copy of what is mounted at the directory `path` of a running container, without
 * what is mounted below it. No symbolic link leads out of the container. Returns an fd owned by
 * the caller, or -errno with a sentence.
 */
int mount_borrow(const struct container *container, const char *path, struct err *e);

#endif
