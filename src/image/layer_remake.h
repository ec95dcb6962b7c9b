/*
 * Making a layer anew from the blob that it came in: where it has a form that this machine cannot
 * mount, or is gone.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_LAYER_REMAKE_H
#define HOY_IMAGE_LAYER_REMAKE_H

#include "base/err.h"
#include "base/str.h"
#include "image/layer.h"
#include "store/state.h"

/*
 * Make it in this form, and put it into the place of what is there, at once. Verified: what comes
 * out of the blob must be the layer. -ENOENT: no image has a blob for it.
 */
int layer_remake(const struct state *state, const char *diff_id, enum layer_form form,
		 struct err *e);

/* All of these (diff ids) that are file systems become directories. */
int layers_remake_as_directories(const struct state *state, const struct strv *diff_ids,
				 struct err *e);

#endif
