/*
 * See undo.h.
 *
 * Runs in: cli, image.
 */
#include "base/undo.h"

#include <assert.h>

void undo_push(struct undo *undo, void (*run)(void *context), void *context)
{
	assert(undo->count < UNDO_MAX);
	undo->steps[undo->count++] = (struct undo_step){ run, context };
}

void undo_commit(struct undo *undo)
{
	undo->count = 0;
}

void undo_run(struct undo *undo)
{
	while (undo->count > 0) {
		struct undo_step *step = &undo->steps[--undo->count];

		step->run(step->context);
	}
}
