/*
 * The root file system of a container where no overlay can be mounted: a copy of all layers.
 *
 * Runs in: cli (engine), in a visit (image/holder.h).
 */
#ifndef HOY_ENGINE_ROOT_COPY_H
#define HOY_ENGINE_ROOT_COPY_H

#include "base/err.h"
#include "base/str.h"

/* Make the directory `name` in `dir_fd` and put the layers into it: directories as
 * layer_mounts.h gives them, topmost first. */
int root_copy_make(int dir_fd, const char *name, const struct strv *lower, struct err *e);

#endif
