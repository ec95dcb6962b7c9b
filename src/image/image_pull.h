/*
 * Pull: an image from its registry into the store.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_PULL_H
#define HOY_IMAGE_IMAGE_PULL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/digest.h"
#include "store/state.h"

enum pull_event {
	PULL_TAG,      /* `name` begins: the tag or digest, and the repository */
	PULL_LAYERS,   /* all layers of it: `layers`, lowest first */
	PULL_EXISTS,   /* layer `n` is here already */
	PULL_WAITING,  /* layer `n` is being fetched by another pull */
	PULL_FETCHING, /* `bytes` of layer `n` are here */
	PULL_DONE      /* layer `n` is complete */
};

struct pull_layer {
	const char *digest; /* of its blob */
	uint64_t size;
};

struct pull_progress {
	enum pull_event event;
	const char *name;	/* PULL_TAG: "latest", "docker.io/library/busybox@sha256:..." */
	const char *repository; /* PULL_TAG: "library/busybox" */
	const struct pull_layer *layers;
	size_t count;
	size_t n;
	uint64_t bytes;
};

struct image_pulled {
	const char *name;   /* as users write it: "busybox:latest" */
	const char *full;   /* "docker.io/library/busybox:latest" */
	const char *digest; /* of the manifest or index that the name meant */
	bool is_new;	    /* false: all of it was here */
};

struct image_pull_request {
	const char *name;     /* as the user wrote it */
	const char *platform; /* NULL: this machine's */
	bool has_all_tags;
	/* Called as things happen, from the one thread; NULL: not. */
	void (*progress)(void *context, const struct pull_progress *progress);
	/* After each image. */
	void (*pulled)(void *context, const struct image_pulled *pulled);
	/* After each tag that could not be had; for has_all_tags alone. */
	void (*failed)(void *context, const char *tag, const struct err *problem);
	void *context;
};

/*
 * A name without a registry is looked for where the operator's files say (registry_candidates), in
 * their order, until it is found.
 *
 * The image appears when all of it is here and is what its digests say. An interrupted pull leaves
 * what it has fetched for the next one. -EINTR: a signal has come.
 */
int image_pull(const struct state *state, const struct image_pull_request *request,
	       struct err *e);

#endif
