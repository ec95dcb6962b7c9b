/*
 * An archive into a layer: files below an empty directory, or one EROFS image in an empty file.
 *
 * Limits: HOY_UNPACK_MAX_BYTES (of the tar; by default nine tenths of what is free),
 * HOY_UNPACK_MAX_FILES (by default nine tenths of the free inodes, or what one image holds:
 * EROFS_NAMES_MAX), HOY_UNPACK_MAX_RATIO (tar to blob; 200, looked at above 64 MiB).
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_UNPACK_H
#define HOY_IMAGE_TOOL_UNPACK_H

#include <stdbool.h>

#include "base/err.h"
#include "image/tool.h"
#include "image/tool_stream.h"

enum unpack_form {
	UNPACK_FILES, /* below TOOL_DIRECTORY */
	UNPACK_EROFS  /* into TOOL_IMAGE */
};

struct unpack_options {
	enum unpack_form form;
	bool is_lowest; /* there is no layer below: whiteouts are checked but hide nothing */
	struct stream_source source;
};

/* The words behind the verb, see tool.h. -EINVAL names an unknown one. */
int unpack_options_read(char *const *words, struct unpack_options *ret, struct err *e);

/*
 * Confine this process, then TOOL_INPUT to TOOL_OUTPUT (the blob) and to the layer, and all of
 * it to the disk. Returns 0 or -errno with one sentence; what was written then is left to the
 * caller, who removes it. An image is not mountable before it is complete.
 */
int tool_unpack(const struct unpack_options *options, struct tool_result *result,
		struct err *e);

/* The same without the layer: what is the archive? */
int tool_verify(const struct unpack_options *options, struct tool_result *result,
		struct err *e);

#endif
