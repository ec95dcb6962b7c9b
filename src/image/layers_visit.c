/*
 * See layers_visit.h.
 *
 * Runs in: cli (engine).
 */
#include "image/layers_visit.h"

#include "image/holder.h"
#include "image/layer_mounts.h"
#include "image/layer_remake.h"

struct layers_visit {
	const struct state *state;
	const struct strv *diff_ids;
	layers_visit_fn *visit;
	void *context;
	bool is_mountable; /* all of the layers */
	struct err *e;
};

static int visit_with_layers(bool is_holder, void *context)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct layers_visit *v = context;
	struct strv lower = { 0 };
	int r = layer_mounts(v->state, is_holder, v->diff_ids, &arena, &lower, v->e);

	v->is_mountable = r != -EOPNOTSUPP;
	return r < 0 ? r : v->visit(&lower, v->context);
}

int layers_visit(const struct state *state, const struct strv *diff_ids, layers_visit_fn *visit,
		 void *context, struct err *e)
{
	struct layers_visit v = { .state = state,
				  .diff_ids = diff_ids,
				  .visit = visit,
				  .context = context,
				  .is_mountable = true,
				  .e = e };
	int r = holder_visit(state, visit_with_layers, &v, e);

	/* They were made on another machine, or under another kernel. */
	if (r == 0 || v.is_mountable)
		return r;
	if (e)
		*e = (struct err){ 0 };
	r = layers_remake_as_directories(state, diff_ids, e);
	return r < 0 ? r : holder_visit(state, visit_with_layers, &v, e);
}
