/*
 * What images consist of on the disk: layers and blobs, each with what it takes and by how many
 * images it is needed.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_PARTS_H
#define HOY_IMAGE_IMAGE_PARTS_H

#include "base/err.h"
#include "base/str.h"
#include "base/tree_usage.h"
#include "format/digest.h"
#include "store/state.h"

struct image_part {
	char kind; /* 'l': a layer, 'b': a blob; a digest may be both */
	char hex[DIGEST_HEX_LEN + 1];
	uint64_t bytes;
	size_t images;
	size_t last_image; /* the number of the last that met it */
	bool is_held;
};

struct image_parts {
	const struct state *state;
	struct image_part *items; /* sorted by kind and hex */
	size_t count;
	size_t image_count; /* how many were added or summed */
	uint64_t bytes;	    /* of all, needed or not */
};

/* Measure all layers and blobs; they count into `tree` too. */
int image_parts_begin(const struct state *state, struct tree_usage *tree, struct arena *arena,
		      struct image_parts *ret, struct err *e);
/* Count an image. `is_held`: what it needs is not to be freed. One that cannot be read counts
 * nothing. */
int image_parts_add(struct image_parts *parts, const char *id, bool is_held,
		    struct arena *arena, struct err *e);
/* A layer that is not to be freed whatever images say. */
void image_parts_hold(struct image_parts *parts, const char *diff_id);
/* What an image takes, and how much of it other images need too. After all were added. */
int image_parts_sum(struct image_parts *parts, const char *id, struct arena *arena,
		    uint64_t *ret_bytes, uint64_t *ret_shared, struct err *e);
/* How much nobody holds. */
uint64_t image_parts_unheld(const struct image_parts *parts);

#endif
