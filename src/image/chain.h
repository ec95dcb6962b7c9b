/*
 * Chain ids: one name for a layer together with everything below it.
 *
 * Runs in: cli (engine).
 * See: OCI image-spec config.md "Layer ChainID".
 */
#ifndef HOY_IMAGE_CHAIN_H
#define HOY_IMAGE_CHAIN_H

#include "format/digest.h"

/* The chain id of layer `diff_id` above `below`, the chain id beneath it ("" for the lowest).
 * May write into `below`. */
void chain_id(const char *below, const char *diff_id, char ret[DIGEST_SIZE]);

#endif
