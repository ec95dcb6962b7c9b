/*
 * What an image that is here is for: one platform, whatever its name stands for elsewhere.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_PLATFORM_H
#define HOY_IMAGE_IMAGE_PLATFORM_H

#include "image/image_store.h"

/* Is it for the platform `text`, as a user writes it? Returns 1, 0, or -EINVAL: that is none. */
int image_platform_is(const struct image *image, const char *text, struct err *e);

/* It has to be: 0, -EINVAL, or -ENOENT with a sentence that calls it `name`. `text` NULL: any will
 * do. */
int image_platform_check(const struct image *image, const char *name, const char *text,
			 struct err *e);

/* What it is for runs on `text`, which may be newer (arm v7 runs v6); NULL: on this machine. Returns
 * as image_platform_check; an image that does not say what it is for is for everything. */
int image_platform_runs(const struct image *image, const char *name, const char *text,
			struct err *e);

#endif
