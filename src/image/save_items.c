/*
 * See save_items.h.
 *
 * Runs in: cli (engine).
 */
#include "image/save_items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "format/reference.h"
#include "image/image_load.h"
#include "image/ref.h"

/* What one name means. */
struct named {
	const struct ref *ref;
	const char *tag; /* a full name to save with it; NULL: none */
	bool is_any_packing;
};

/* The item that this image in this packing has already; NULL: none. */
static struct save_item *items_find(const struct save_items *items, const char *id,
				    const struct image_record_manifest *wanted, bool is_any)
{
	for (size_t i = 0; i < items->count; i++) {
		struct save_item *item = &items->items[i];

		if (strcmp(item->record.id, id) == 0 &&
		    (is_any || item->is_any_packing ||
		     strcmp(item->manifest->digest, wanted->digest) == 0))
			return item;
	}
	return NULL;
}

/* The same, made when it is new. NULL: no memory. */
static struct save_item *items_get(struct save_items *items, const struct image_record *record,
				   const struct named *named, struct arena *arena)
{
	const struct image_record_manifest *wanted =
		image_record_manifest(record, named->ref->manifest);
	struct save_item *item = items_find(items, record->id, wanted, named->is_any_packing);

	if (item && item->is_any_packing && !named->is_any_packing) {
		/* `wanted` lies in this record. */
		item->record = *record;
		item->manifest = wanted;
		item->is_any_packing = false;
	}
	if (item)
		return item;
	if (items->count == items->room) {
		size_t room = items->room ? 2 * items->room : 8;
		struct save_item *more = arena_array(arena, room, sizeof(*more));

		if (!more)
			return NULL;
		if (items->count > 0)
			memcpy(more, items->items, items->count * sizeof(*more));
		items->items = more;
		items->room = room;
	}
	items->items[items->count] = (struct save_item){
		.record = *record, .manifest = wanted, .is_any_packing = named->is_any_packing
	};
	return &items->items[items->count++];
}

static int items_add(const struct state *state, const struct named *named, struct arena *arena,
		     struct save_items *items, struct err *e)
{
	struct image_record record;
	struct save_item *item;
	int r = image_record_read(state, named->ref->id, arena, &record, e);

	if (r < 0)
		return r;
	item = items_get(items, &record, named, arena);
	if (item && named->tag && !strv_has(&item->tags, named->tag))
		strv_add(&item->tags, arena, named->tag);
	return item && arena_ok(arena) == 0
		       ? 0
		       : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what is saved");
}

/* All tags of a repository that was named without one. Returns how many. */
static int items_add_repository(const struct state *state, const struct reference *reference,
				struct arena *arena, struct save_items *items, struct err *e)
{
	struct ref *refs;
	size_t count;
	int found = 0;
	int r = ref_list(state, arena, &refs, &count, e);

	for (size_t i = 0; i < count && r == 0; i++) {
		struct reference other;

		if (!refs[i].id[0] || reference_parse(refs[i].name, &other, NULL) < 0 ||
		    other.digest[0] || strcmp(other.registry, reference->registry) != 0 ||
		    strcmp(other.repository, reference->repository) != 0)
			continue;
		found++;
		r = items_add(state, &(struct named){ .ref = &refs[i], .tag = refs[i].name },
			      arena, items, e);
	}
	return r < 0 ? r : found;
}

/* The same for a name that may be short. The beginning of an id is none. */
static int items_add_repositories(const struct state *state, const char *name,
				  struct arena *arena, struct save_items *items, struct err *e)
{
	struct reference *candidates;
	struct reference whole;
	struct ref ref;
	size_t count;
	int r = reference_parse(name, &whole, NULL);

	if (r < 0 || !reference_is_name_only(name))
		return 0;
	r = items_add_repository(state, &whole, arena, items, e);
	if (r != 0 || image_resolve(state, name, &ref, NULL, NULL) == IMAGE_NAME_ID)
		return r;
	count = image_short_candidates(name, arena, &candidates);
	for (size_t i = 0; i < count && r == 0; i++)
		r = items_add_repository(state, &candidates[i], arena, items, e);
	return r;
}

static int items_add_name(const struct state *state, const char *name, struct arena *arena,
			  struct save_items *items, struct err *e)
{
	struct reference found;
	char full[REFERENCE_SIZE * 2];
	struct ref ref;
	struct named named = { .ref = &ref };
	int r = items_add_repositories(state, name, arena, items, e);

	if (r != 0)
		return r < 0 ? r : 0;
	r = image_resolve(state, name, &ref, &found, e);
	if (r < 0)
		return r;
	named.is_any_packing = r == IMAGE_NAME_ID;
	if (r == IMAGE_NAME_REFERENCE && !found.digest[0]) {
		reference_full(&found, full);
		named.tag = full;
	}
	return items_add(state, &named, arena, items, e);
}

int save_items_find(const struct state *state, const struct strv *names, struct arena *arena,
		    struct save_items *ret, struct err *e)
{
	*ret = (struct save_items){ 0 };
	for (size_t i = 0; i < names->count; i++) {
		int r = items_add_name(state, names->items[i], arena, ret, e);

		if (r < 0)
			return r;
	}
	return 0;
}

int save_items_check_platform(const struct state *state, const struct save_items *items,
			      const char *text, struct arena *arena, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < items->count && r == 0; i++) {
		char name[DIGEST_SIZE];
		struct image image;

		r = image_load(state, items->items[i].record.id, arena, &image, e);
		(void)snprintf(name, sizeof(name), "%.12s",
			       digest_hex(items->items[i].record.id));
		if (r == 0)
			r = image_platform_check(&image, name, text, e);
	}
	return r;
}

static int digest_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int save_items_digests(const struct save_items *items, struct arena *arena, struct strv *ret)
{
	struct strv all = { 0 };

	*ret = (struct strv){ 0 };
	for (size_t i = 0; i < items->count; i++) {
		const struct save_item *item = &items->items[i];

		strv_add(&all, arena, item->record.id);
		strv_add(&all, arena, item->manifest->digest);
		for (size_t n = 0; n < item->record.layer_count; n++)
			strv_add(&all, arena, item->manifest->layers[n].blob);
	}
	if (all.count > 1)
		qsort(all.items, all.count, sizeof(all.items[0]), digest_compare);
	for (size_t i = 0; i < all.count; i++)
		if (i == 0 || strcmp(all.items[i], all.items[i - 1]) != 0)
			strv_add_borrowed(ret, arena, all.items[i]);
	return arena_ok(arena);
}

static int items_hold(const struct strv *digests, const struct work *work, struct err *e)
{
	AUTO_STR struct str lines = { 0 };

	for (size_t i = 0; i < digests->count; i++)
		str_printf(&lines, "need %s\n", digests->items[i]);
	if (str_ok(&lines) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what is saved");
	return work_announce(work, WORK_PUBLISHING, &lines, e);
}

int save_items_take(const struct state *state, const struct strv *names,
		    const struct work *work, struct arena *arena, struct save_items *ret,
		    struct strv *ret_digests, struct err *e)
{
	AUTO_CLOSE int lock = images_lock(state, true, e);
	int r;

	if (lock < 0)
		return lock;
	r = save_items_find(state, names, arena, ret, e);
	if (r < 0)
		return r;
	if (save_items_digests(ret, arena, ret_digests) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for what is saved");
	return items_hold(ret_digests, work, e);
}
