/*
 * --pull of run and create: the image is fetched before a container is made of it.
 *
 * A run whose image is here must not pay for that, so with `missing` nothing is looked at until the
 * container could not be made.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_IMAGE_ENSURE_H
#define HOY_CLI_IMAGE_ENSURE_H

#include "cli/run_options.h"
#include "engine/engine.h"

/* With `always`, or when what is here is for another platform than asked for; -ENOENT when it still
 * is then, or may not be pulled. Progress goes to stderr, as all that follows. */
int image_ensure(struct engine *engine, struct run_options *options, struct arena *arena,
		 struct err *e);
/*
 * Making the container ended with `r` and `e`. Returns 0: it was because of the image, which is
 * here now, so try again; else `r`, or what the pull says.
 */
int image_ensure_missing(struct engine *engine, struct run_options *options, int r,
			 struct arena *arena, struct err *e);

#endif
