/*
 * The layers of an image or a container, in a place where they can be used.
 *
 * Runs in: cli (engine).
 * See: holder.h, layer_mounts.h.
 */
#ifndef HOY_IMAGE_LAYERS_VISIT_H
#define HOY_IMAGE_LAYERS_VISIT_H

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

/*
 * Run `visit` in the holder, with the data root as working directory and the directories of these
 * layers (diff ids, lowest first) in `lower`, topmost first, as an overlay takes them. Layers that
 * this machine cannot mount are made anew before, with a warning. Returns what `visit` returns,
 * which writes its own sentence into `e`; -ENOENT naming a layer that is missing; or -errno with
 * a sentence.
 */
typedef int layers_visit_fn(const struct strv *lower, void *context);
int layers_visit(const struct state *state, const struct strv *diff_ids, layers_visit_fn *visit,
		 void *context, struct err *e);

#endif
