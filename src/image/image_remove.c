/*
 * Removing an image: docker's rules about names, containers and images made of it, in docker's
 * words.
 *
 * First everything is decided and said, then done. The record goes first, by one unlink: then
 * the image does not exist. Names that still point to it are ignored by everybody and removed
 * next, then what no other image needs.
 *
 * Runs in: cli (engine).
 * See: moby daemon/images/image_delete.go.
 */
#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "format/reference.h"
#include "image/chain.h"
#include "image/image_load.h"
#include "image/image_record.h"
#include "image/ref.h"
#include "image/sweep.h"
#include "image/work.h"

enum conflict_mask {
	CONFLICT_CHILDREN = 1,
	CONFLICT_RUNNING = 2,
	CONFLICT_REFERENCES = 4,
	CONFLICT_STOPPED = 8,
	CONFLICT_HARD = CONFLICT_CHILDREN | CONFLICT_RUNNING,
	CONFLICT_ALL = 15
};

enum { DOOMED_MAX = IMAGE_LAYERS_MAX };

struct removal {
	const struct state *state;
	const struct work *work;
	const struct image_users *users;
	bool is_forced;
	struct arena *arena;
	struct image_removal *ret;
	struct ref *refs; /* of all images; a decided one has an empty id */
	size_t ref_count;
	struct strv names;	     /* decided: these go */
	struct image_record *doomed; /* decided: these go, children before parents */
	size_t doomed_count;
};

static enum image_use removal_use(const struct removal *removal, const char *digest,
				  char container[ID_SIZE])
{
	return removal->users
		       ? removal->users->is_used(removal->users->context, digest, container)
		       : IMAGE_UNUSED;
}

static size_t count_references(const struct removal *removal, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < removal->ref_count; i++)
		count += strcmp(removal->refs[i].id, id) == 0;
	return count;
}

/* The length of a full name up to its tag or digest. */
static size_t repository_len(const char *name)
{
	const char *slash = strrchr(name, '/');

	return (size_t)(slash ? slash - name : 0) + strcspn(slash ? slash : name, ":@");
}

/* At most one name, or all in one repository: then the id means the same as the name. */
static bool is_single_repository(const struct removal *removal, const char *id)
{
	const char *first = NULL;

	for (size_t i = 0; i < removal->ref_count; i++) {
		const char *name = removal->refs[i].name;

		if (strcmp(removal->refs[i].id, id) != 0)
			continue;
		if (first && (repository_len(first) != repository_len(name) ||
			      strncmp(first, name, repository_len(name)) != 0))
			return false;
		first = name;
	}
	return true;
}

static bool is_doomed(const struct removal *removal, const char *id)
{
	for (size_t i = 0; i < removal->doomed_count; i++)
		if (strcmp(removal->doomed[i].id, id) == 0)
			return true;
	return false;
}

static bool has_children(const struct removal *removal, const struct strv *ids, const char *id)
{
	AUTO_ARENA struct arena arena = { 0 };

	for (size_t i = 0; i < ids->count; i++) {
		struct image_record record;

		/* A damaged one cannot be asked; it does not keep others from being removed. */
		if (!is_doomed(removal, ids->items[i]) &&
		    image_record_read(removal->state, ids->items[i], &arena, &record, NULL) ==
			    0 &&
		    strcmp(record.parent, id) == 0)
			return true;
	}
	return false;
}

static int conflict(struct err *e, const char *id, bool is_hard, const char *why,
		    const char *container)
{
	return err_set(e, ERR_CONFLICT, -EBUSY,
		       "conflict: unable to delete %.12s (%s) - %s%.12s", digest_hex(id),
		       is_hard ? "cannot be forced" : "must be forced", why, container);
}

/* 0, or -EBUSY with docker's sentence about the first of `mask` that stands against it. */
static int removal_conflict(const struct removal *removal, const char *id, int mask,
			    struct err *e)
{
	char container[ID_SIZE] = "";
	enum image_use use = removal_use(removal, id, container);
	struct strv ids;
	int r = image_record_list(removal->state, removal->arena, &ids, e);

	if (r < 0)
		return r;
	if (mask & CONFLICT_CHILDREN && has_children(removal, &ids, id))
		return conflict(e, id, true, "image has dependent child images", "");
	if (mask & CONFLICT_RUNNING && use == IMAGE_USED_RUNNING)
		return conflict(e, id, true, "image is being used by running container ",
				container);
	if (mask & CONFLICT_REFERENCES && count_references(removal, id) > 0)
		return conflict(e, id, false, "image is referenced in multiple repositories",
				"");
	if (mask & CONFLICT_STOPPED && use == IMAGE_USED_STOPPED)
		return conflict(e, id, false, "image is being used by stopped container ",
				container);
	return 0;
}

static void removal_say(const struct removal *removal, char *line)
{
	strv_add_borrowed(&removal->ret->lines, removal->arena, line);
}

static void removal_say_untagged(const struct removal *removal, const char *name)
{
	struct reference reference;
	char familiar[REFERENCE_SIZE * 2];

	if (reference_parse(name, &reference, NULL) < 0) {
		removal_say(removal, arena_printf(removal->arena, "Untagged: %s", name));
		return;
	}
	reference_familiar_name(&reference, familiar);
	removal_say(removal, arena_printf(removal->arena, "Untagged: %s%s%s", familiar,
					  reference.tag[0] ? ":" : "@",
					  reference.tag[0] ? reference.tag : reference.digest));
}

/* Decide that one name goes, or with NULL all names of `id`. */
static void removal_untag(struct removal *removal, const char *id, const char *name)
{
	for (size_t i = 0; i < removal->ref_count; i++) {
		struct ref *ref = &removal->refs[i];

		if (strcmp(ref->id, id) != 0 || (name && strcmp(ref->name, name) != 0))
			continue;
		removal_say_untagged(removal, ref->name);
		strv_add_borrowed(&removal->names, removal->arena, ref->name);
		ref->id[0] = '\0';
	}
}

/* Decide that the image goes, and then its parents that were kept only for it. */
static int removal_doom(struct removal *removal, const char *id, struct err *e)
{
	while (id[0] && removal->doomed_count < DOOMED_MAX) {
		struct image_record *record = &removal->doomed[removal->doomed_count];
		int r = image_record_read(removal->state, id, removal->arena, record, e);

		if (r == -EBADMSG) /* what it would have named is found by the sweep */
			r = str_copy(record->id, sizeof(record->id), id);
		if (r < 0)
			return removal->doomed_count > 0 ? 0 : r;
		removal_untag(removal, id, NULL);
		removal->doomed_count++;
		id = record->parent;
		if (id[0] && removal_conflict(removal, id, CONFLICT_ALL, NULL) < 0)
			break;
	}
	return 0;
}

static int removal_decide_by_reference(struct removal *removal, const char *id,
				       const char *name, struct err *e)
{
	char container[ID_SIZE];
	char full[REFERENCE_SIZE * 2];
	struct reference reference;
	int r = reference_parse(name, &reference, e);

	if (r < 0)
		return r;
	if (!removal->is_forced && count_references(removal, id) == 1 &&
	    removal_use(removal, id, container) != IMAGE_UNUSED)
		return err_set(e, ERR_CONFLICT, -EBUSY,
			       "conflict: unable to remove repository reference \"%s\" (must "
			       "force) - container %.12s is "
			       "using its referenced image %.12s",
			       name, container, digest_hex(id));
	reference_full(&reference, full);
	removal_untag(removal, id, full);
	if (count_references(removal, id) > 0)
		return 0;
	/* A name was removed, so an image that others need simply stays. */
	if (removal_conflict(removal, id, removal->is_forced ? CONFLICT_HARD : CONFLICT_ALL,
			     NULL) < 0)
		return 0;
	return removal_doom(removal, id, e);
}

static int removal_decide_by_id(struct removal *removal, const char *id, struct err *e)
{
	int mask = removal->is_forced ? CONFLICT_HARD : CONFLICT_ALL;
	int r;

	if (is_single_repository(removal, id))
		mask &= ~CONFLICT_REFERENCES;
	r = removal_conflict(removal, id, mask, e);
	return r < 0 ? r : removal_doom(removal, id, e);
}

/* "Deleted:" lines of the image and of its layers that nobody else needs, topmost first, down
 * to those of its doomed parent. */
static int removal_say_deleted(const struct removal *removal, size_t index,
			       const struct reach *reach)
{
	const struct image_record *record = &removal->doomed[index];
	/* A damaged record names no layers. */
	const struct image_record_layer *layers =
		record->layer_count > 0 ? record->manifests[0].layers : NULL;
	size_t below =
		index + 1 < removal->doomed_count ? removal->doomed[index + 1].layer_count : 0;
	char(*chains)[DIGEST_SIZE] =
		arena_array(removal->arena, record->layer_count, DIGEST_SIZE);
	char container[ID_SIZE];

	if (!chains)
		return -ENOMEM;
	removal_say(removal, arena_printf(removal->arena, "Deleted: %s", record->id));
	for (size_t i = 0; i < record->layer_count; i++)
		chain_id(i > 0 ? chains[i - 1] : "", layers[i].diff_id, chains[i]);
	for (size_t i = record->layer_count; i > below; i--) {
		const char *diff_id = layers[i - 1].diff_id;

		if (!reach_has(reach, diff_id) &&
		    removal_use(removal, diff_id, container) == IMAGE_UNUSED)
			removal_say(removal,
				    arena_printf(removal->arena, "Deleted: %s", chains[i - 1]));
	}
	return arena_ok(removal->arena);
}

static int removal_sweep(const struct removal *removal, struct err *e)
{
	struct reach reach;
	int r = reach_read(removal->state, removal->work, removal->arena, &reach, e);

	for (size_t i = 0; i < removal->doomed_count && r == 0; i++)
		r = removal_say_deleted(removal, i, &reach);
	return r < 0 ? r
		     : sweep_unreachable(removal->state, removal->work, removal->users, NULL,
					 e);
}

static int removal_carry_out(const struct removal *removal, struct err *e)
{
	for (size_t i = 0; i < removal->doomed_count; i++) {
		int r = image_record_remove(removal->state, removal->doomed[i].id);

		if (r < 0)
			return err_sys(e, r, "remove image %s", removal->doomed[i].id);
	}
	for (size_t i = 0; i < removal->names.count; i++) {
		int r = ref_remove(removal->state, removal->names.items[i], e);

		if (r < 0)
			return r;
	}
	return removal->doomed_count > 0 ? removal_sweep(removal, e) : 0;
}

static void removal_announce_image(const struct removal *removal,
				   const struct image_record *record, struct str *lines)
{
	char container[ID_SIZE];

	str_printf(lines, "image %s\nblob %s\n", record->id, record->id);
	for (size_t m = 0; m < record->manifest_count; m++) {
		str_printf(lines, "blob %s\n", record->manifests[m].digest);
		for (size_t i = 0; i < record->layer_count; i++)
			str_printf(lines, "blob %s\n", record->manifests[m].layers[i].blob);
	}
	for (size_t i = 0; i < record->layer_count; i++) {
		const char *diff_id = record->manifests[0].layers[i].diff_id;

		if (removal_use(removal, diff_id, container) == IMAGE_UNUSED)
			str_printf(lines, "layer %s\n", diff_id);
	}
}

/* What must not stay half done when we are killed. Without room for it (a full disk) removing
 * goes on all the same. */
static void removal_announce(const struct removal *removal)
{
	AUTO_STR struct str lines = { 0 };

	for (size_t i = 0; i < removal->doomed_count; i++)
		removal_announce_image(removal, &removal->doomed[i], &lines);
	if (str_ok(&lines) == 0 && lines.len > 0)
		(void)work_announce(removal->work, WORK_REMOVING, &lines, NULL);
}

static int removal_run(struct removal *removal, const char *name, struct err *e)
{
	AUTO_CLOSE int lock = images_lock(removal->state, true, e);
	struct ref found;
	int kind;
	int r;

	if (lock < 0)
		return lock;
	r = image_resolve(removal->state, name, &found, e);
	if (r < 0)
		return r;
	removal->doomed = arena_array(removal->arena, DOOMED_MAX, sizeof(removal->doomed[0]));
	if (!removal->doomed)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory to remove an image");
	kind = r;
	r = ref_list(removal->state, removal->arena, &removal->refs, &removal->ref_count, e);
	if (r == 0)
		r = kind == IMAGE_NAME_REFERENCE
			    ? removal_decide_by_reference(removal, found.id, name, e)
			    : removal_decide_by_id(removal, found.id, e);
	if (r < 0)
		return r;
	if (removal->work->name[0])
		removal_announce(removal);
	return removal_carry_out(removal, e);
}

int image_remove(const struct state *state, const char *name, bool is_forced,
		 const struct image_users *users, struct arena *arena,
		 struct image_removal *ret, struct err *e)
{
	struct work work = { .fd = -EBADF, .lock_fd = -EBADF };
	struct removal removal = { .state = state,
				   .work = &work,
				   .users = users,
				   .is_forced = is_forced,
				   .arena = arena,
				   .ret = ret };
	struct err debris = { 0 };
	int r;

	*ret = (struct image_removal){ 0 };
	if (work_begin(state, &work, &debris) < 0)
		log_debug("%s", debris.text);
	r = removal_run(&removal, name, e);
	work_end(&work);
	/* The layers were only moved out of sight. */
	if (work_recover(state, &debris) < 0)
		log_debug("%s", debris.text);
	return r;
}
