/*
 * Making the holder's namespaces, and pinning them.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_HOLDER_MAKE_H
#define HOY_IMAGE_HOLDER_MAKE_H

#include "base/err.h"
#include "store/state.h"

#define HOLDER_DIRECTORY "holder"
#define HOLDER_STORE	 HOLDER_DIRECTORY "/store"
#define HOLDER_SEED	 HOLDER_DIRECTORY "/seed"

/* Both afresh, whatever was there. Under holder_lock: a maker that is killed leaves what the next
 * one lets go of first. */
int holder_make(const struct state *state, struct err *e);

/* Let go of what is pinned. Returns 0 or -errno. */
int holder_unpin(const struct state *state);

#endif
