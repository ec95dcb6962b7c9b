/*
 * Does a storage driver work on this machine, with this data root? It is tried.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_DRIVER_PROBE_H
#define HOY_IMAGE_DRIVER_PROBE_H

#include "base/err.h"
#include "store/state.h"

/* Each: 0, or -EOPNOTSUPP with the reason. */
int driver_probe_erofs(const struct state *state, struct err *e);
int driver_probe_overlay(const struct state *state, struct err *e);
int driver_probe_vfs(const struct state *state, struct err *e);

#endif
