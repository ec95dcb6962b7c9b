/*
 * Layers seen as one tree, read-only, without mounting anything anywhere: a detached mount is a
 * directory descriptor like any other, and closing it unmounts.
 *
 * Runs in: cli (engine).
 * See: image/holder.h, linux/overlay.h.
 */
#ifndef HOY_ENGINE_LAYER_VIEW_H
#define HOY_ENGINE_LAYER_VIEW_H

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

/*
 * `layers`: diff ids, lowest first, at least one; `top`: a directory on top of them, relative to
 * ROOT, or NULL. Returns a detached mount's fd owned by the caller, or -errno.
 */
int layer_view_open(const struct state *state, const struct strv *layers, const char *top,
		    struct err *e);

#endif
