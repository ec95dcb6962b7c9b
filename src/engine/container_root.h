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
 * does. One with a user namespace whose mounts cannot be mapped gets a copy and a warning, and
 * s->record says so.
 */
int container_root_make(struct start *s, struct err *e);

/* What is in a volatile overlay's page cache is all there still, so it may be mounted once more;
 * the kernel refuses that only because it cannot know. */
int container_root_forget_volatile(struct start *s, struct err *e);

/* s->root_fd: all of it as one detached mount; s->seed_fd: where its init is born. */
int container_root_mount(struct start *s, struct err *e);

#endif
