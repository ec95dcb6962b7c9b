/*
 * Making an image appear: layer, blobs, record, and its reference last.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_PUBLISH_H
#define HOY_IMAGE_PUBLISH_H

#include "image/driver.h"
#include "image/image_record.h"
#include "image/tool.h"
#include "image/work.h"

#define PUBLISH_BLOB "blob" /* the new layer's blob, in the work directory */

struct publication {
	struct work *work;
	const struct layer_driver *driver;
	const struct image_config *config; /* diff_ids complete */
	/* the new one, unpacked by `driver` in the work directory; NULL: no new layer */
	const struct tool_result *layer;
	const struct image_record *base; /* the layers below, and the parent; NULL: none */
	const char *reference;		 /* full; NULL: untagged */
};

/*
 * The layer's content is synced first, without a lock; then everything appears under the lock
 * of all images. What was done when it fails (or is killed) is taken back (by the next image
 * command). Returns 0 with the image's id.
 */
int image_publish(const struct publication *publication, char ret_id[DIGEST_SIZE],
		  struct err *e);

/*
 * The file in the work directory that the new layer's blob is written to. An fd owned by the
 * caller.
 */
int publish_open_blob(const struct work *work, struct err *e);

/* "busybox" to "docker.io/library/busybox:latest" in `arena`; NULL stays NULL. Refuses a
 * digest: nobody can choose one. */
int publish_reference(const char *name, struct arena *arena, char **ret, struct err *e);

#endif
