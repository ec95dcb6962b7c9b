/*
 * Removing what nobody uses: images without a tag, or all without a container; and what is left of
 * pulls.
 *
 * Runs in: cli (engine).
 * See: moby daemon/images/image_prune.go.
 */
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "image/image_load.h"
#include "image/partial.h"
#include "image/removal.h"

static bool is_wanted(const struct removal *removal, const struct image_prune_request *request,
		      const char *id)
{
	struct image image;

	if (!request->is_all && removal_count_tags(removal, id) > 0)
		return false;
	/* One that cannot be read is nobody's to judge: rmi removes it. */
	if (image_load(removal->state, id, removal->arena, &image, NULL) < 0)
		return false;
	return (request->until_ns == 0 || image.created_ns < request->until_ns) &&
	       (!request->is_wanted || request->is_wanted(request->context, &image));
}

/* Children first, or they would stand against it: again and again until nothing more goes. */
static int prune_decide(struct removal *removal, const struct image_prune_request *request,
			struct err *e)
{
	bool is_more = true;

	while (is_more) {
		is_more = false;
		for (size_t i = 0; i < removal->image_count; i++) {
			const struct removal_image *image = &removal->images[i];
			int r;

			if (image->is_doomed ||
			    removal_conflict(removal, image->id,
					     CONFLICT_ALL & ~CONFLICT_REFERENCES, NULL) < 0 ||
			    !is_wanted(removal, request, image->id))
				continue;
			r = removal_doom(removal, image->id, e);
			if (r < 0)
				return r;
			is_more = true;
		}
	}
	return 0;
}

static int prune_locked(struct removal *removal, const struct image_prune_request *request,
			uint64_t *ret_bytes, struct err *e)
{
	AUTO_CLOSE int lock = images_lock(removal->state, true, e);
	int r = lock < 0 ? lock : removal_begin(removal, e);

	if (r == 0)
		r = prune_decide(removal, request, e);
	return r < 0 ? r : removal_carry_out(removal, ret_bytes, e);
}

int image_prune(const struct state *state, const struct image_prune_request *request,
		struct arena *arena, struct image_removal *ret, uint64_t *ret_bytes,
		struct err *e)
{
	struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct removal removal = { .state = state,
				   .work = &work,
				   .users = request->users,
				   /* they are judged by themselves */
				   .keeps_parents = true,
				   .arena = arena,
				   .ret = ret };
	struct err debris = { 0 };
	int r;

	*ret = (struct image_removal){ 0 };
	*ret_bytes = 0;
	if (work_begin(state, &work, &debris) < 0)
		log_debug("%s", debris.text);
	r = prune_locked(&removal, request, ret_bytes, e);
	work_end(&work);
	if (work_recover(state, &debris) < 0)
		log_debug("%s", debris.text);
	if (r == 0)
		r = partial_remove(state, 0, ret_bytes, e);
	return r;
}
