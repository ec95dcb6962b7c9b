/*
 * The documents of an image: its config and its manifest as bytes, and the record that follows
 * from them.
 *
 * An image that is made here (import, commit) has its documents emitted; one from elsewhere
 * (load, pull) keeps its own, byte by byte, because their digests are its names.
 *
 * Runs in: cli (engine).
 * See: OCI image-spec manifest.md, config.md.
 */
#ifndef HOY_IMAGE_DOCUMENTS_H
#define HOY_IMAGE_DOCUMENTS_H

#include "image/image_record.h"
#include "image/tool.h"

struct documents {
	struct str config;
	struct str manifest;
	/* with one manifest: this one. Lives in the arena that it was made with; the unpacked
	 * sizes of layers are not known by it */
	struct image_record record;
};

void documents_done(struct documents *documents);

/*
 * Of an image made here: `config` (its diff_ids complete) and the layers of `base` (NULL: none)
 * with the one that `layer` describes on top (NULL: no new one).
 */
int documents_make(const struct image_config *config, const struct image_record *base,
		   const struct tool_result *layer, struct arena *arena, struct documents *ret,
		   struct err *e);

/*
 * Of an image from elsewhere, in two steps. Given are `config`, the layers' blobs as far as a
 * manifest describes them, and `manifest`, which is empty when there was none.
 *
 * The first checks the config, completes the layers' diff ids and the record, but for the
 * manifest's digest when there is none. -EINVAL with a sentence: it is not an image's config, it
 * speaks of another number of layers, of none or of too many.
 *
 * The second, when all blobs are known, emits a manifest if there was none, and sets its digest.
 */
int documents_begin(struct documents *documents, struct image_record_layer *layers,
		    size_t count, struct arena *arena, struct err *e);
int documents_finish(struct documents *documents, struct err *e);

#endif
