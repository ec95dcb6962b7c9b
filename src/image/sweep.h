/*
 * What images need, and removing what none of them does. The caller holds the exclusive lock of
 * all images.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_SWEEP_H
#define HOY_IMAGE_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "image/image_store.h"
#include "store/state.h"

/* Every digest that an image's record names: config, manifest, blobs, diff ids. */
struct reach {
	struct strv digests; /* sorted */
};

/* Read all records. An unreadable one is an error: then nobody knows what it needs. */
int reach_read(const struct state *state, struct arena *arena, struct reach *ret,
	       struct err *e);
bool reach_has(const struct reach *reach, const char *digest);

/* Take back what `lines` ("image DIGEST", "blob DIGEST", "layer DIGEST") name, unless it is
 * complete or needed. Changes `lines`. */
int sweep_withdraw(const struct state *state, char *lines, struct err *e);

/* What file_replace left when it was killed. */
int sweep_temporaries(const struct state *state, struct err *e);

/* Remove blobs, layers and temporary files that nothing reaches. `users` may need layers too
 * (NULL: nobody does). */
int sweep_unreachable(const struct state *state, const struct image_users *users,
		      uint64_t *ret_bytes, struct err *e);
/* How much that would be, without removing anything. */
int sweep_measure(const struct state *state, const struct image_users *users,
		  uint64_t *ret_bytes, struct err *e);

#endif
