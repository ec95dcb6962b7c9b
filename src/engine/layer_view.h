/*
 * Several layers seen as one tree, read-only, without mounting anything anywhere: a detached
 * mount is a directory descriptor like any other, and closing it unmounts.
 *
 * Runs in: cli (engine).
 * See: fsopen(2), fsmount(2).
 */
#ifndef HOY_ENGINE_LAYER_VIEW_H
#define HOY_ENGINE_LAYER_VIEW_H

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

/* `layers`: at least two paths relative to ROOT, topmost first. Returns a detached mount's fd
 * owned by the caller, or -errno. */
int layer_view_open(const struct state *state, const struct strv *layers, struct err *e);

#endif
