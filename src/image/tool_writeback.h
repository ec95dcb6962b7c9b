/*
 * A large file on its way to the disk while more of it is being made, so that the sync at its
 * end finds little left to do.
 *
 * Runs in: image, confined.
 * See: sync_file_range(2).
 */
#ifndef HOY_IMAGE_TOOL_WRITEBACK_H
#define HOY_IMAGE_TOOL_WRITEBACK_H

#include <stdint.h>

struct writeback {
	uint64_t begun; /* up to here, bytes from the file's start */
};

/* All before `end` has been written to `fd`, and will hardly change: have it go to the disk as
 * soon as there is enough of it. Promises nothing. */
void writeback_begin(struct writeback *writeback, int fd, uint64_t end);

#endif
