/*
 * The hooks that follow the start of a container's program.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md "Poststart".
 */
#ifndef HOY_OCI_POSTSTART_H
#define HOY_OCI_POSTSTART_H

#include "oci/container.h"

/* The first hook that fails ends the container, whose program is killed. Returns 0 or -errno, also
 * when the copy of the config, where the hooks stand, cannot be read. */
int poststart_run(struct oci *oci, const struct oci_container *container, struct err *e);

#endif
