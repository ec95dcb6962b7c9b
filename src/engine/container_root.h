/*
 * The root file system of a container that is being made or started.
 *
 * Runs in: cli (engine).
 * See: image/holder.h.
 */
#ifndef HOY_ENGINE_CONTAINER_ROOT_H
#define HOY_ENGINE_CONTAINER_ROOT_H

#include "engine/start.h"

/*
 * Of a new container: its directories `upper` and `work`, or, with a driver that copies, `root`
 * with all that its image has. Where it is to be started at once, also what container_root_mount
 * does.
 */
int container_root_make(struct start *s, struct err *e);

/* s->root_fd: all of it as one detached mount; s->seed_fd: where its init is born. */
int container_root_mount(struct start *s, struct err *e);

#endif
