/*
 * What a container has changed, as an overlay's upper directory has it, and all that it has.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_ROOT_CHANGES_H
#define HOY_ENGINE_ROOT_CHANGES_H

#include "base/err.h"
#include "image/work.h"
#include "store/record.h"

struct root_changes {
	int fd; /* the directory */
	/* where it was made, if it was; goes with root_changes_close */
	struct work work;
};

/* Of a published container. Where its root is a copy, that takes another copy of its layers. */
int root_changes_open(const struct state *state, const struct record *record,
		      struct root_changes *ret, struct err *e);
/* All of a copied root, with the ids from inside: where it is shifted, another copy. */
int root_changes_open_all(const struct state *state, const struct record *record,
			  struct root_changes *ret, struct err *e);
void root_changes_close(struct root_changes *changes);

#endif
