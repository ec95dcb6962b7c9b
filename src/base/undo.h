/*
 * Changes of the world, and their reverses: each step pushes how it is undone; success forgets
 * them, failure runs them in reverse order.
 *
 * Runs in: cli, image.
 */
#ifndef HOY_BASE_UNDO_H
#define HOY_BASE_UNDO_H

#include <stddef.h>

enum { UNDO_MAX = 32 };

struct undo_step {
	void (*run)(void *context);
	void *context;
};

struct undo {
	size_t count;
	struct undo_step steps[UNDO_MAX];
};

#define AUTO_UNDO __attribute__((cleanup(undo_run)))

/* `context` is borrowed and must live as long as the undo. Asserts that there is room. */
void undo_push(struct undo *undo, void (*run)(void *context), void *context);
/* Success: nothing is undone. */
void undo_commit(struct undo *undo);
/* Run what was pushed, the last first; also the cleanup function. */
void undo_run(struct undo *undo);

#endif
