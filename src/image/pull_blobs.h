/*
 * The blobs of one image from its registry, as a source of the pipeline: each into a partial file
 * that goes on where an earlier pull stopped.
 *
 *   hoy-fetch --pipe--> hoy-image (unpack) --> partial/<hex> --rename--> blobs/sha256/<hex>
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_PULL_BLOBS_H
#define HOY_IMAGE_PULL_BLOBS_H

#include "image/image_pull.h"
#include "image/partial.h"
#include "image/pipeline.h"
#include "image/registry.h"
#include "spec/image_manifest.h"

struct pull_blob {
	struct partial partial;
	bool is_fetching; /* `id` is on its way */
	uint32_t id;
	bool has_ended;
	struct err err; /* how it ended; kind ERR_NONE: well, or not yet */
	int result;
	uint64_t resumed; /* how much was there already */
	bool is_second;	  /* it was thrown away once and fetched again */
};

struct pull_blobs {
	struct registry *registry;		  /* borrowed, as the rest */
	const struct image_manifest *manifest;	  /* what to fetch */
	const struct publication *publication;	  /* where it goes */
	const struct image_pull_request *request; /* who is told */
	struct pull_blob *items;		  /* one for each layer */
};

/* For the pipeline; `blobs` is borrowed. */
struct pipeline_source pull_blobs_source(struct pull_blobs *blobs);
/* Let go of everything; what was fetched stays. */
void pull_blobs_end(struct pull_blobs *blobs);

#endif
