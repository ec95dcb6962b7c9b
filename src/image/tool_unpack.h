/*
 * An archive into an empty directory.
 *
 * Limits: HOY_UNPACK_MAX_BYTES (of the tar; by default nine tenths of what is free),
 * HOY_UNPACK_MAX_FILES (by default nine tenths of the free inodes), HOY_UNPACK_MAX_RATIO (tar
 * to blob; 200, looked at above 64 MiB).
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_UNPACK_H
#define HOY_IMAGE_TOOL_UNPACK_H

#include <stdbool.h>

#include "base/err.h"
#include "image/tool.h"

/*
 * Confine this process, then TOOL_INPUT to TOOL_OUTPUT (the blob) and below TOOL_DIRECTORY (the
 * files). `is_lowest`: there is no layer below, so whiteouts are checked but hide nothing.
 * Returns 0 or -errno with one sentence; what was placed then is left to the caller, who
 * removes the directory.
 */
int tool_unpack(bool is_lowest, struct tool_result *result, struct err *e);

#endif
