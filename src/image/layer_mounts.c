/*
 * See layer_mounts.h.
 *
 * Runs in: cli (engine), in a visit.
 */
#include "image/layer_mounts.h"

#include "image/image_store.h"

int layer_mounts(const struct state *state, bool is_holder, const struct strv *diff_ids,
		 struct arena *arena, struct strv *ret, struct err *e)
{
	(void)is_holder;
	return image_layer_paths(state, diff_ids, arena, ret, e);
}
