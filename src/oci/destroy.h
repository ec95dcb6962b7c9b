/*
 * The end of a container: what is left of it dies, its cgroup and its directory go, and the
 * poststop hooks run.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec runtime.md "Lifecycle", 11 to 13.
 */
#ifndef HOY_OCI_DESTROY_H
#define HOY_OCI_DESTROY_H

#include "oci/container.h"

/* SIGKILL to init, and to everything in the cgroup where `kills_all`; wait until init has ended.
 * Gone already is fine. */
int destroy_kill(const struct oci_container *container, bool kills_all, struct err *e);

/* Of a container that is locked and stopped. */
int destroy_remove(struct oci *oci, struct oci_container *container, struct err *e);

/* The poststop hooks, with `container->state` on their standard input. */
void destroy_poststop(const struct oci_container *container, const struct spec *spec);

#endif
