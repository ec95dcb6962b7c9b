/*
 * See removal.h.
 *
 * Runs in: cli (engine).
 */
#include "image/removal.h"

#include <stdlib.h>
#include <string.h>

#include "format/reference.h"
#include "image/chain.h"
#include "image/sweep.h"

int removal_begin(struct removal *removal, struct err *e)
{
	struct strv ids;
	int r = image_record_list(removal->state, removal->arena, &ids, e);

	if (r == 0)
		r = ref_list(removal->state, removal->arena, &removal->refs,
			     &removal->ref_count, e);
	if (r < 0)
		return r;
	removal->images = arena_array(removal->arena, ids.count, sizeof(removal->images[0]));
	removal->doomed = arena_array(removal->arena, ids.count, sizeof(removal->doomed[0]));
	if (!removal->images || !removal->doomed)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory to remove an image");
	for (size_t i = 0; i < ids.count; i++) {
		struct removal_image *image = &removal->images[removal->image_count++];
		struct image_record record;

		memcpy(image->id, ids.items[i], sizeof(image->id));
		/* A damaged one cannot be asked; it does not keep others from being removed. */
		if (image_record_read(removal->state, image->id, removal->arena, &record,
				      NULL) == 0)
			memcpy(image->parent, record.parent, sizeof(image->parent));
	}
	return 0;
}

/* --- asking ------------------------------------------------------------------------------ */

enum image_use removal_use(const struct removal *removal, const char *digest,
			   char container[ID_SIZE])
{
	return removal->users
		       ? removal->users->is_used(removal->users->context, digest, container)
		       : IMAGE_UNUSED;
}

static bool is_digest(const char *name)
{
	return strchr(name, '@') != NULL;
}

size_t removal_count_references(const struct removal *removal, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < removal->ref_count; i++)
		count += strcmp(removal->refs[i].id, id) == 0;
	return count;
}

size_t removal_count_tags(const struct removal *removal, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < removal->ref_count; i++)
		count += strcmp(removal->refs[i].id, id) == 0 &&
			 !is_digest(removal->refs[i].name);
	return count;
}

/* The length of a full name up to its tag or digest. */
static size_t repository_len(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *at = strchr(name, '@');

	if (at)
		return (size_t)(at - name);
	return (size_t)(slash ? slash - name : 0) + strcspn(slash ? slash : name, ":");
}

static bool is_same_repository(const char *a, const char *b)
{
	return repository_len(a) == repository_len(b) && strncmp(a, b, repository_len(a)) == 0;
}

bool removal_is_one_repository(const struct removal *removal, const char *id)
{
	const char *first = NULL;

	for (size_t i = 0; i < removal->ref_count; i++) {
		const char *name = removal->refs[i].name;

		if (strcmp(removal->refs[i].id, id) != 0)
			continue;
		if (first && !is_same_repository(first, name))
			return false;
		first = name;
	}
	return true;
}

bool removal_is_single(const struct removal *removal, const char *id)
{
	return removal_count_references(removal, id) > 0 &&
	       removal_count_tags(removal, id) <= 1 && removal_is_one_repository(removal, id);
}

static int image_compare(const void *a, const void *b)
{
	return strcmp(((const struct removal_image *)a)->id,
		      ((const struct removal_image *)b)->id);
}

static struct removal_image *find_image(const struct removal *removal, const char *id)
{
	struct removal_image key = { 0 };

	(void)str_copy(key.id, sizeof(key.id), id);
	return bsearch(&key, removal->images, removal->image_count, sizeof(key), image_compare);
}

static bool has_children(const struct removal *removal, const char *id)
{
	for (size_t i = 0; i < removal->image_count; i++)
		if (!removal->images[i].is_doomed && strcmp(removal->images[i].parent, id) == 0)
			return true;
	return false;
}

static int conflict(struct err *e, const char *id, bool is_hard, const char *why,
		    const char *container)
{
	return err_set(e, ERR_CONFLICT, -EBUSY,
		       "conflict: unable to delete %.12s (%s) - %s%.12s", digest_hex(id),
		       is_hard ? "cannot be forced" : "must be forced", why, container);
}

int removal_conflict(const struct removal *removal, const char *id, int mask, struct err *e)
{
	char container[ID_SIZE] = "";
	enum image_use use = removal_use(removal, id, container);

	if (mask & CONFLICT_CHILDREN && has_children(removal, id))
		return conflict(e, id, true, "image has dependent child images", "");
	if (mask & CONFLICT_RUNNING && use == IMAGE_USED_RUNNING)
		return conflict(e, id, true, "image is being used by running container ",
				container);
	if (mask & CONFLICT_REFERENCES && removal_count_references(removal, id) > 0)
		return conflict(e, id, false, "image is referenced in multiple repositories",
				"");
	if (mask & CONFLICT_STOPPED && use == IMAGE_USED_STOPPED)
		return conflict(e, id, false, "image is being used by stopped container ",
				container);
	return 0;
}

/* --- deciding ---------------------------------------------------------------------------- */

static void say(const struct removal *removal, char *line)
{
	strv_add_borrowed(&removal->ret->lines, removal->arena, line);
}

static void say_untagged(const struct removal *removal, const char *name)
{
	struct reference reference;
	char familiar[REFERENCE_SIZE * 2];

	if (reference_parse(name, &reference, NULL) < 0) {
		say(removal, arena_printf(removal->arena, "Untagged: %s", name));
		return;
	}
	reference_familiar_name(&reference, familiar);
	say(removal, arena_printf(removal->arena, "Untagged: %s%s%s", familiar,
				  reference.tag[0] ? ":" : "@",
				  reference.tag[0] ? reference.tag : reference.digest));
}

static void untag(struct removal *removal, struct ref *ref)
{
	say_untagged(removal, ref->name);
	strv_add_borrowed(&removal->names, removal->arena, ref->name);
	ref->id[0] = '\0';
}

void removal_untag(struct removal *removal, const char *id, const char *name)
{
	for (size_t i = 0; i < removal->ref_count; i++) {
		struct ref *ref = &removal->refs[i];

		if (strcmp(ref->id, id) == 0 && (!name || strcmp(ref->name, name) == 0))
			untag(removal, ref);
	}
}

void removal_untag_digests(struct removal *removal, const char *id, const char *name)
{
	for (size_t i = 0; i < removal->ref_count; i++)
		if (strcmp(removal->refs[i].id, id) == 0 && !is_digest(removal->refs[i].name) &&
		    is_same_repository(removal->refs[i].name, name))
			return;
	for (size_t i = 0; i < removal->ref_count; i++)
		if (strcmp(removal->refs[i].id, id) == 0 && is_digest(removal->refs[i].name) &&
		    is_same_repository(removal->refs[i].name, name))
			untag(removal, &removal->refs[i]);
}

int removal_doom(struct removal *removal, const char *id, struct err *e)
{
	bool is_first = true;

	while (id[0]) {
		struct image_record *record = &removal->doomed[removal->doomed_count];
		struct removal_image *image = find_image(removal, id);
		int r = image ? image_record_read(removal->state, id, removal->arena, record, e)
			      : -ENOENT;

		if (r == -EBADMSG) /* what it would have named is found by the sweep */
			r = str_copy(record->id, sizeof(record->id), id);
		if (r < 0 || image->is_doomed)
			return is_first ? r : 0;
		removal_untag(removal, id, NULL);
		removal->doomed_count++;
		image->is_doomed = true;
		is_first = false;
		id = record->parent;
		if (removal->keeps_parents ||
		    (id[0] && removal_conflict(removal, id, CONFLICT_ALL, NULL) < 0))
			break;
	}
	return 0;
}

/* --- doing ------------------------------------------------------------------------------- */

/* "Deleted:" lines of the image and of its layers that nobody else needs, topmost first; a layer
 * is said once. */
static int say_deleted(const struct removal *removal, size_t index, const struct reach *reach,
		       struct strv *said)
{
	const struct image_record *record = &removal->doomed[index];
	/* A damaged record names no layers. */
	const struct image_record_layer *layers =
		record->layer_count > 0 ? record->manifests[0].layers : NULL;
	char(*chains)[DIGEST_SIZE] =
		arena_array(removal->arena, record->layer_count, DIGEST_SIZE);
	char container[ID_SIZE];

	if (!chains)
		return -ENOMEM;
	say(removal, arena_printf(removal->arena, "Deleted: %s", record->id));
	for (size_t i = 0; i < record->layer_count; i++)
		chain_id(i > 0 ? chains[i - 1] : "", layers[i].diff_id, chains[i]);
	for (size_t i = record->layer_count; i > 0; i--) {
		const char *diff_id = layers[i - 1].diff_id;

		if (reach_has(reach, diff_id) || strv_has(said, diff_id) ||
		    removal_use(removal, diff_id, container) != IMAGE_UNUSED)
			continue;
		strv_add_borrowed(said, removal->arena, layers[i - 1].diff_id);
		say(removal, arena_printf(removal->arena, "Deleted: %s", chains[i - 1]));
	}
	return arena_ok(removal->arena);
}

/* In reverse, so that a layer that a parent shares is said with the parent, as docker does; then
 * put right. */
static int say_all_deleted(const struct removal *removal, const struct reach *reach)
{
	struct image_removal *ret = removal->ret;
	struct strv untagged = ret->lines;
	struct strv *parts = arena_array(removal->arena, removal->doomed_count, sizeof(*parts));
	struct strv said = { 0 };
	int r = parts ? 0 : -ENOMEM;

	for (size_t i = removal->doomed_count; i > 0 && r == 0; i--) {
		ret->lines = (struct strv){ 0 };
		r = say_deleted(removal, i - 1, reach, &said);
		parts[i - 1] = ret->lines;
	}
	ret->lines = untagged;
	for (size_t i = 0; i < removal->doomed_count && r == 0; i++)
		for (size_t n = 0; n < parts[i].count; n++)
			say(removal, parts[i].items[n]);
	return r < 0 ? r : arena_ok(removal->arena);
}

static int sweep(const struct removal *removal, uint64_t *ret_bytes, struct err *e)
{
	struct reach reach;
	int r = reach_read(removal->state, removal->work, removal->arena, &reach, e);

	if (r == 0 && say_all_deleted(removal, &reach) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory to say what is removed");
	return r < 0 ? r
		     : sweep_unreachable(removal->state, removal->work, removal->users,
					 ret_bytes, e);
}

static void announce_image(const struct removal *removal, const struct image_record *record,
			   struct str *lines)
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
static void announce(const struct removal *removal)
{
	AUTO_STR struct str lines = { 0 };

	for (size_t i = 0; i < removal->doomed_count; i++)
		announce_image(removal, &removal->doomed[i], &lines);
	if (removal->work->name[0] && str_ok(&lines) == 0 && lines.len > 0)
		(void)work_announce(removal->work, WORK_REMOVING, &lines, NULL);
}

int removal_carry_out(const struct removal *removal, uint64_t *ret_bytes, struct err *e)
{
	*ret_bytes = 0;
	announce(removal);
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
	return removal->doomed_count > 0 ? sweep(removal, ret_bytes, e) : 0;
}
