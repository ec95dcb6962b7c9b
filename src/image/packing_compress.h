/*
 * Plain blobs of the store into gzip ones, several at once, each by a hoy-image of its own.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_PACKING_COMPRESS_H
#define HOY_IMAGE_PACKING_COMPRESS_H

#include "base/interrupt.h"
#include "image/image_record.h"
#include "image/layer_place.h"
#include "image/packing.h"
#include "image/work.h"

/* One blob. */
struct packing_blob {
	const struct image_record_layer *from; /* plain: its blob is its diff id */
	struct image_record_layer *to;	       /* gets blob, its size and its media type */
	struct layer_place *place;	       /* gets the place where the new blob is */
};

struct packing_compress {
	struct work *work;
	const struct interrupt *interrupt;
	const struct packing_request *request; /* who is told */
	struct arena *arena;		       /* where the media types live */
	const struct packing_blob *blobs;      /* in the order in which they begin */
	size_t count;
};

/* Make all of them. The first that fails ends the others. Returns 0, or -errno with a sentence:
 * -EBADMSG: a blob is damaged; -EINTR: a signal has come. */
int packing_compress(const struct packing_compress *compress, struct err *e);

#endif
