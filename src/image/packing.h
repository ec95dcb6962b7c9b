/*
 * As what an image goes out: one of its manifests.
 *
 * What came from elsewhere goes out as it came. An image that was made here (import, commit, an
 * archive without manifests) may have layers that are not compressed; those go out as gzip, under
 * a manifest of their own. Both stay with the image (image_record.h), so that this is done once,
 * and so that its blobs stay and go with it. Its id is the same either way.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_PACKING_H
#define HOY_IMAGE_PACKING_H

#include "base/interrupt.h"
#include "image/image_record.h"
#include "image/work.h"

/* A layer that is being compressed just now. */
struct packing_layer {
	const char *diff_id;
	uint64_t size;
	uint64_t bytes; /* of these, read so far */
};

struct packing_request {
	const struct image_record *record;
	const struct image_record_manifest *from; /* one of its manifests */
	struct work *work; /* the caller's, new, and used for this alone */
	const struct interrupt *interrupt;
	/* Now and then while layers are compressed, with those that are being so; at last with
	 * none. NULL: not. */
	void (*progress)(void *context, const struct packing_layer *layers, size_t count);
	void *context;
};

/*
 * Make the manifest with which an image goes out: `from` itself, or one that lives in `arena` and
 * whose blobs are in the store; nobody removes them until `work` ends. -EINTR: a signal has come.
 * What was made is then gone, or debris of `work`.
 */
int packing_choose(const struct packing_request *request, struct arena *arena,
		   const struct image_record_manifest **ret, struct err *e);

#endif
