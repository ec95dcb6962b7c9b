/*
 * The system calls that hoy-image may make once it is confined.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_FILTER_H
#define HOY_IMAGE_TOOL_FILTER_H

#include "base/err.h"

/* Load the filter; whatever is not on the list kills the process. No way back. Returns 0 or
 * -errno. */
int tool_filter_load(struct err *e);

#endif
