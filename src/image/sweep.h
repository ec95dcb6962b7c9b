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
#include "image/work.h"
#include "store/state.h"

/* Every digest that an image's record names (config, manifests, blobs, diff ids), and every one
 * that another living command is publishing. Both sorted. */
struct reach {
	struct strv digests;
	struct strv announced;
};

/* Read all records and announcements but those of `except` (NULL: none). An unreadable record is
 * an error: then nobody knows what it needs. */
int reach_read(const struct state *state, const struct work *except, struct arena *arena,
	       struct reach *ret, struct err *e);
bool reach_has(const struct reach *reach, const char *digest);

/* Take back what `lines` (work.h) name, unless it is complete or needed. `work` is whose they
 * are when it lives, else NULL. Changes `lines`. */
int sweep_withdraw(const struct state *state, const struct work *work, char *lines,
		   struct err *e);

/* What file_replace left when it was killed. */
int sweep_temporaries(const struct state *state, struct err *e);

/* There: something that no image needs stayed because another command needed it at that time,
 * to push or save it. */
#define SWEEP_POSTPONED "images/postponed"

/* Remove blobs, layers and temporary files that nothing reaches. `users` may need layers too
 * (NULL: nobody does). `work`: the caller's own. Makes or removes SWEEP_POSTPONED. */
int sweep_unreachable(const struct state *state, const struct work *work,
		      const struct image_users *users, uint64_t *ret_bytes, struct err *e);
/* How much that would be, without removing anything. */
int sweep_measure(const struct state *state, const struct image_users *users,
		  uint64_t *ret_bytes, struct err *e);

#endif
