/*
 * Push: an image of the store to its registry.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_PUSH_H
#define HOY_IMAGE_IMAGE_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "format/digest.h"
#include "image/packing.h"
#include "store/state.h"

enum push_event {
	PUSH_REPOSITORY,  /* `name` begins: "docker.io/library/busybox" */
	PUSH_COMPRESSING, /* `layers`; none: they all are */
	PUSH_LAYER,	  /* a layer of the image that comes now; lowest last */
	PUSH_SENDING, /* `layers` that are on their way; `done` of `size` bytes of all that go */
	PUSH_SENT,
	PUSH_EXISTED,
	PUSH_MOUNTED, /* from the repository `name` of the same registry */
	PUSH_IMAGE    /* complete: tag `name`, `digest` and `size` of its manifest */
};

struct push_progress {
	enum push_event event;
	const char *name;
	const char *digest; /* of a layer: its diff id, as docker tells layers apart */
	uint64_t size;
	uint64_t done;
	const struct packing_layer *layers;
	size_t count;
};

struct image_push_request {
	const char *name;     /* as the user wrote it */
	const char *platform; /* NULL: whatever it is for */
	bool has_all_tags;
	bool are_bytes_told; /* PUSH_COMPRESSING and PUSH_SENDING, ten times a second */
	void (*progress)(void *context, const struct push_progress *progress);
	void *context;
};

/*
 * Blobs as packing.h says, the config, and the manifest last, whose digest RepoDigests have
 * afterwards. What the registry has is not sent, and what
 * another repository of it has is mounted from there. -ENOENT with docker's sentence; -EINTR: a
 * signal has come.
 */
int image_push(const struct state *state, const struct image_push_request *request,
	       struct err *e);

#endif
