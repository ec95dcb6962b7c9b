/*
 * A plain blob into a gzip one, for a push.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_COMPRESS_H
#define HOY_IMAGE_TOOL_COMPRESS_H

#include "base/err.h"
#include "image/tool.h"

/*
 * Confine this process, then TOOL_INPUT to its end into one gzip member without a name or a time
 * on TOOL_OUTPUT, and that to the disk. Sets `diff_id` of `result` (what was read), `blob` and
 * `blob_size` (what was written). The same input gives the same output on the same kind of
 * processor. Returns 0 or -errno.
 */
int tool_compress(struct tool_result *result, struct err *e);

#endif
