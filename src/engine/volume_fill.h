/*
 * What an image has at a volume's destination becomes the content of a new, empty volume.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_VOLUME_FILL_H
#define HOY_ENGINE_VOLUME_FILL_H

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

struct volume_fill {
	const struct state *state;
	const struct strv *layers; /* diff ids, lowest first */
	int root_fd;		   /* where they are mounted already; -1: nowhere */
	const char *destination;   /* absolute path inside */
	int source_fd;		   /* the directory there, once it is open */
};

/* `open` and `fill` of struct volume_making; `context` is a struct volume_fill. */
int volume_fill_open(void *context, struct err *e);
int volume_fill_copy(void *context, int data_fd, struct err *e);
void volume_fill_done(struct volume_fill *fill);

#endif
