/*
 * The digest of a blob, for verifying what is in the store.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_DIGEST_H
#define HOY_IMAGE_TOOL_DIGEST_H

#include "base/err.h"
#include "image/tool.h"

/* Confine this process, then hash TOOL_INPUT to its end: sets blob and blob_size of `result`.
 * Returns 0 or -errno. */
int tool_digest(struct tool_result *result, struct err *e);

#endif
