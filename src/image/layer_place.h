/*
 * Where one layer is unpacked: ROOT/tmp/WORK/<n>/ with what the storage driver wants, and `blob`,
 * the bytes as they come in.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_LAYER_PLACE_H
#define HOY_IMAGE_LAYER_PLACE_H

#include "image/driver.h"
#include "image/work.h"

enum { LAYER_PLACE_SIZE = WORK_NAME_SIZE + 16 };

struct layer_place {
	char name[LAYER_PLACE_SIZE]; /* below ROOT/tmp */
	int target_fd;		     /* what the driver's begin gave */
	int blob_fd;		     /* -EBADF: none is kept */
};

#define LAYER_PLACE_NONE                               \
	{                                              \
		.target_fd = -EBADF, .blob_fd = -EBADF \
	}

/* Make a new one: for a layer (`driver` NULL: not), and with a file for the blob if it
 * `has_blob`. */
int layer_place_open(struct work *work, const struct layer_driver *driver, bool has_blob,
		     struct layer_place *ret, struct err *e);
/* Only the descriptors: what was made goes away with the work, or is published. */
void layer_place_close(struct layer_place *place);

/* The blob's file, below ROOT/tmp. */
void layer_place_blob(const struct layer_place *place, char path[LAYER_PLACE_SIZE + 8]);

#endif
