/*
 * Layers where they can be used: from inside of a visit to the holder.
 *
 * Runs in: cli (engine), in a visit (holder.h).
 */
#ifndef HOY_IMAGE_LAYER_MOUNTS_H
#define HOY_IMAGE_LAYER_MOUNTS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

/*
 * The directories of these layers (diff ids, lowest first), for an overlay: topmost first, in
 * `arena`, absolute or relative to the data root. A layer that is a file system is mounted if it
 * is not yet. Returns 0, -ENOENT naming the layer that is missing, or -EOPNOTSUPP: one cannot be
 * mounted here, and has to be made anew (layer_remake.h).
 */
int layer_mounts(const struct state *state, bool is_holder, const struct strv *diff_ids,
		 struct arena *arena, struct strv *ret, struct err *e);

#endif
