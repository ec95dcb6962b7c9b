/*
 * The layers of one image from their blobs, several at once and the largest first: each in a
 * hoy-image of its own, which hashes, keeps, inflates, hashes again and unpacks at the same time.
 *
 * What is in the store already is not made again. A layer counts as made only when it is what
 * the image says: the blob's digest and size, and the diff id.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_PIPELINE_H
#define HOY_IMAGE_PIPELINE_H

#include "base/interrupt.h"
#include "image/image_record.h"
#include "image/layer_place.h"
#include "image/tool.h"
#include "image/worker.h"

enum { PIPELINE_JOBS = 3, PIPELINE_TICK_MS = 100 };

/* The bytes of one blob. */
struct pipeline_bytes {
	int input_fd;  /* given away */
	bool is_range; /* `size` bytes from `offset` on of a file; else all */
	uint64_t offset;
	uint64_t size;
	/* Where they are kept; borrowed. -EBADF: in the layer's place, or nowhere if
	 * `is_file` */
	int output_fd;
	bool is_resumed; /* `output_fd` has the beginning already */
	bool is_file;	 /* they are a file already that can become the blob */
	/* Compressed in a way that no media type names: the blob is the tar inside. */
	bool is_untyped;
};

/* One layer that has been made. */
struct pipeline_layer {
	size_t n;
	const struct layer_place *place;  /* what is new is there */
	bool has_layer;			  /* it is unpacked; else it was there already */
	bool has_blob;			  /* its blob is new */
	const struct tool_result *result; /* NULL: both were there */
};

/* A layer that is being made: how much of its blob was read. */
struct pipeline_running {
	size_t n;
	uint64_t bytes;
};

/* Who has the blobs and takes the layers. */
struct pipeline_source {
	void *context;
	/* The blob of layer `n`; `is_kept`: it is not in the store. -EAGAIN: somebody else is
	 * making it just now, ask again later. */
	int (*open)(void *context, size_t n, bool is_kept, struct pipeline_bytes *ret,
		    struct err *e);
	/* It is made. */
	int (*done)(void *context, const struct pipeline_layer *layer, struct err *e);
	/* It went wrong, as `e` says. Returns 1 to try once more, else what is to be returned,
	 * perhaps with a better sentence. NULL: it stays at that. */
	int (*failed)(void *context, size_t n, int r, struct err *e);
	/* Now and then while layers are made; at last with none. NULL: not. */
	void (*running)(void *context, const struct pipeline_running *layers, size_t count);
	/* Something to read in `event_fd` (-EBADF: never). */
	int (*event)(void *context, struct err *e);
	int event_fd;
};

struct pipeline {
	struct work *work;
	const struct layer_driver *driver;
	const struct interrupt *interrupt;
	const struct pipeline_source *source;
	/* Their diff ids are known, and where a manifest describes them, blob and size; what is
	 * not known (blob "") is filled in. The sizes say in which order. */
	struct image_record_layer *layers;
	size_t count;
	struct arena *arena; /* where what is filled in lives */
};

/*
 * Make all layers. The first that fails ends the others. Returns 0 or -errno with a sentence;
 * -EINTR: a signal has come.
 */
int pipeline_run(const struct pipeline *pipeline, struct err *e);

#endif
