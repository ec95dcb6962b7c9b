/*
 * Removing an image by a name or an id: docker's rules about names, containers and images made of
 * it, in docker's words.
 *
 * Runs in: cli (engine).
 * See: removal.h; moby daemon/images/image_delete.go.
 */
#include "base/fd.h"
#include "base/log.h"
#include "format/reference.h"
#include "image/image_load.h"
#include "image/removal.h"

/* `name` is what the user wrote, `found` what it meant. */
static int decide_by_reference(struct removal *removal, const char *id, const char *name,
			       const struct reference *found, bool is_forced, struct err *e)
{
	char container[ID_SIZE];
	char full[REFERENCE_SIZE * 2];

	if (!is_forced && removal_is_single(removal, id) &&
	    removal_use(removal, id, container) != IMAGE_UNUSED)
		return err_set(e, ERR_CONFLICT, -EBUSY,
			       "conflict: unable to remove repository reference \"%s\" (must "
			       "force) - container %.12s is "
			       "using its referenced image %.12s",
			       name, container, digest_hex(id));
	reference_full(found, full);
	removal_untag(removal, id, full);
	/* What it was pulled as goes with its last tag. */
	if (!found->digest[0])
		removal_untag_digests(removal, id, full);
	if (removal_count_references(removal, id) > 0)
		return 0;
	/* A name was removed, so an image that others need simply stays. */
	if (removal_conflict(removal, id, is_forced ? CONFLICT_HARD : CONFLICT_ALL, NULL) < 0)
		return 0;
	return removal_doom(removal, id, e);
}

static int decide_by_id(struct removal *removal, const char *id, bool is_forced, struct err *e)
{
	int mask = is_forced ? CONFLICT_HARD : CONFLICT_ALL;
	int r;

	if (removal_is_one_repository(removal, id))
		mask &= ~CONFLICT_REFERENCES;
	r = removal_conflict(removal, id, mask, e);
	return r < 0 ? r : removal_doom(removal, id, e);
}

static int remove_locked(struct removal *removal, const char *name, bool is_forced,
			 struct err *e)
{
	AUTO_CLOSE int lock = images_lock(removal->state, true, e);
	struct reference name_found;
	uint64_t bytes;
	struct ref found;
	int r;

	if (lock < 0)
		return lock;
	r = image_resolve(removal->state, name, &found, &name_found, e);
	if (r >= 0) {
		int kind = r;

		r = removal_begin(removal, e);
		if (r == 0)
			r = kind == IMAGE_NAME_REFERENCE
				    ? decide_by_reference(removal, found.id, name, &name_found,
							  is_forced, e)
				    : decide_by_id(removal, found.id, is_forced, e);
	}
	return r < 0 ? r : removal_carry_out(removal, &bytes, e);
}

int image_remove(const struct state *state, const struct image_remove_request *request,
		 struct arena *arena, struct image_removal *ret, struct err *e)
{
	struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct removal removal = { .state = state,
				   .work = &work,
				   .users = request->users,
				   .keeps_parents = request->keeps_parents,
				   .arena = arena,
				   .ret = ret };
	struct err debris = { 0 };
	int r;

	*ret = (struct image_removal){ 0 };
	if (work_begin(state, &work, &debris) < 0)
		log_debug("%s", debris.text);
	r = remove_locked(&removal, request->name, request->is_forced, e);
	work_end(&work);
	/* The layers were only moved out of sight. */
	if (work_recover(state, &debris) < 0)
		log_debug("%s", debris.text);
	return r;
}
