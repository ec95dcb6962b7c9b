/*
 * What is to be saved: images in the order in which they were named, each with the names that
 * point to it. An image that names point to in several packings is there once for each of
 * these.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_SAVE_ITEMS_H
#define HOY_IMAGE_SAVE_ITEMS_H

#include "image/image_record.h"
#include "image/work.h"

struct save_item {
	struct image_record record;
	const struct image_record_manifest *manifest; /* as this one it is saved */
	struct strv tags;			      /* full names */
	/* named by its id alone: whichever packing another name asks for will do */
	bool is_any_packing;
};

struct save_items {
	struct save_item *items;
	size_t count;
	size_t room;
};

/* Find what `names` mean; everything lives in `arena`. With the lock of all images. -ENOENT with
 * docker's sentence. */
int save_items_find(const struct state *state, const struct strv *names, struct arena *arena,
		    struct save_items *ret, struct err *e);

/* Each has to be for the platform `text`: 0, -EINVAL, or -ENOENT with a sentence. */
int save_items_check_platform(const struct state *state, const struct save_items *items,
			      const char *text, struct arena *arena, struct err *e);

/* Every digest that the items need, each once, sorted: blobs, configs, manifests. */
int save_items_digests(const struct save_items *items, struct arena *arena, struct strv *ret);

/* Both, and nobody removes any of it until `work` ends. Takes the lock of all images. */
int save_items_take(const struct state *state, const struct strv *names,
		    const struct work *work, struct arena *arena, struct save_items *ret,
		    struct strv *ret_digests, struct err *e);

#endif
