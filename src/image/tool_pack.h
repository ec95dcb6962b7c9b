/*
 * A directory into a tar: an upper directory as a layer, or a whole tree as it is.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_PACK_H
#define HOY_IMAGE_TOOL_PACK_H

#include "base/err.h"
#include "image/tool.h"

enum pack_kind {
	/* overlay's whiteouts and opaque directories become .wh. files; its attributes are left
	   out */
	PACK_LAYER,
	PACK_TREE /* everything as it looks; overlay's attributes are left out */
};

/*
 * Confine this process, then everything below TOOL_DIRECTORY on its file system to TOOL_OUTPUT,
 * in one order: names of a directory sorted by bytes. Sockets are left out, as tar and docker
 * do. Sets size and files of `result`. Returns 0 or -errno.
 */
int tool_pack(enum pack_kind kind, struct tool_result *result, struct err *e);

#endif
