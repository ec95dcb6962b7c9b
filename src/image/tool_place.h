/*
 * Putting files where an archive says, and never anywhere else.
 *
 * A name is resolved once, to the directory it lies in, with openat2(RESOLVE_IN_ROOT): links of
 * the archive are followed, but the root is where they end. Everything after that happens on
 * descriptors, and what is opened was made by us just before (O_EXCL), so that no mode, owner
 * or attribute ever lands on something a link points to.
 *
 * Directories get their times last, when nothing is put into them any more.
 *
 * Runs in: image, confined.
 * See: openat2(2).
 */
#ifndef HOY_IMAGE_TOOL_PLACE_H
#define HOY_IMAGE_TOOL_PLACE_H

#include "base/str.h"
#include "image/tool_layer.h"
#include "image/tool_place_path.h"

struct place_directory; /* one that waits for its times */

struct place {
	struct layer_writer writer;
	struct place_path path;
	int file_fd; /* the file that is being written */
	struct arena arena;
	struct place_directory *directories; /* the latest first */
};

/* A writer (`place->writer`) of files below `root_fd`. */
void place_init(struct place *place, int root_fd);
void place_done(struct place *place);

#endif
