/*
 * Making an image appear, in three steps that each hold the lock of all images for a moment:
 *
 *   publish_announce   says what the image will need. From here on nobody removes it, and it is
 *                      taken back when we die
 *   publish_layer      one layer with its blob, as soon as it is verified and on the disk
 *   publish_image      config, manifest, record; the references last
 *
 * Whoever fails in between calls publish_withdraw; whoever is killed is taken back by the next
 * image command (work.h).
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_PUBLISH_H
#define HOY_IMAGE_PUBLISH_H

#include "image/documents.h"
#include "image/driver.h"
#include "image/layer_place.h"

struct publication {
	struct work *work;
	const struct layer_driver *driver;
	const struct documents *documents;
	struct strv references; /* full names */
	/* the blobs came over a network: when this fails they are kept for the next attempt */
	bool is_fetched;
	/* one more manifest of an image that is here: when the image has gone, -ENOENT */
	bool is_packing;
};

/* What is not known yet (digests that are "") is left out: announce again when it is, before any
 * of it is published. */
int publish_announce(const struct publication *p, struct err *e);

/* A blob's file: `name` in `dir_fd`, on the same file system as the store, and on the disk. */
struct publish_blob {
	int dir_fd;
	const char *name;
};

/* Either may be NULL: what is in the store already. `layer` was unpacked as `result` says, and is
 * on the disk. */
int publish_layer(const struct publication *p, const struct layer_place *layer,
		  const struct publish_blob *blob, const struct tool_result *result,
		  struct err *e);

/* All layers and blobs must be there. */
int publish_image(const struct publication *p, struct err *e);

/* Take back what was announced and not finished. When that cannot be done now, the next command
 * does it. */
void publish_withdraw(const struct publication *p);

/*
 * All of it, for an image that is made here of at most one new layer (`layer` NULL: none).
 * Returns 0 with the image's id.
 */
int publish_made(const struct publication *p, const struct layer_place *layer,
		 const struct tool_result *result, char ret_id[DIGEST_SIZE], struct err *e);

/* "busybox" to "docker.io/library/busybox:latest" in `arena`; NULL stays NULL. Refuses a
 * digest: nobody can choose one; and the name sha256: "sha256:abc" is an image's id. */
int publish_reference(const char *name, struct arena *arena, char **ret, struct err *e);

#endif
