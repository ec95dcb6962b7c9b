/*
 * The sources of mounts that init could not open by itself: detached copies, made by us before
 * anything of the container exists.
 *
 * Those are the ones that show a mapped ownership, for that takes our privileges, all binds
 * where the container has a user namespace, whose root may neither look into our directories nor
 * copy one mount out of a tree, or where it is born without the host in view, and those that are
 * relative to the bundle, our working directory. With a bundle the usual mount is none of these
 * and costs nothing here.
 *
 * Runs in: cli (engine), runtime.
 * See: open_tree(2), mount_setattr(2), user_namespaces(7).
 */
#ifndef HOY_RUNTIME_MOUNT_SOURCES_H
#define HOY_RUNTIME_MOUNT_SOURCES_H

#include <stdbool.h>

#include "base/err.h"
#include "runtime/runtime.h"

/*
 * `*ret_fds` gets, for each of the spec's mounts, a detached mount that init inherits, or -1;
 * NULL when there is none at all (the usual case). To be freed by the caller; the descriptors
 * belong to the launch. `has_host`: init has the host's files in view. `namespace_fds` is as in
 * plan_build.h.
 */
int mount_sources_open(struct runtime_launch *launch, const struct spec *spec, bool has_host,
		       const int *namespace_fds, int **ret_fds, struct err *e);

#endif
