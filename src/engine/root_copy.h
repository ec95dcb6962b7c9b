/*
 * The root file system of a container where no overlay can be mounted: a copy of all layers.
 *
 * Runs in: cli (engine), in a visit (image/holder.h).
 */
#ifndef HOY_ENGINE_ROOT_COPY_H
#define HOY_ENGINE_ROOT_COPY_H

#include "base/err.h"
#include "base/str.h"
#include "engine/id_shift.h"

/* Put the layers into the new directory `name` in `dir_fd`: directories as layer_mounts.h gives
 * them, topmost first; `shift`: of their owners, NULL: none. */
int root_copy_fill(int dir_fd, const char *name, const struct strv *lower,
		   const struct id_shift *shift, struct err *e);
/* The same, and the directory is made. */
int root_copy_make(int dir_fd, const char *name, const struct strv *lower,
		   const struct id_shift *shift, struct err *e);

#endif
