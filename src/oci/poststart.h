/*
 * The hooks that follow the start of a container's program.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config.md "Poststart".
 */
#ifndef HOY_OCI_POSTSTART_H
#define HOY_OCI_POSTSTART_H

#include "oci/container.h"

/* A hook that fails is a warning: the program runs. Returns 0, or -errno when the copy of the
 * config, where they stand, cannot be read. */
int poststart_run(struct oci *oci, const struct oci_container *container, struct err *e);

#endif
