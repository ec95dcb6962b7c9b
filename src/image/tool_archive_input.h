/*
 * An archive of images as it is given to us: a file that can be read anywhere, or bytes that come
 * once, perhaps compressed.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_ARCHIVE_INPUT_H
#define HOY_IMAGE_TOOL_ARCHIVE_INPUT_H

#include "image/tool_stream.h"
#include "image/tool_tar_read.h"

struct archive_input {
	bool is_seekable; /* a plain tar in a file: TOOL_INPUT */
	uint64_t at;	  /* where we stand in it */
	uint64_t end;
	uint64_t bytes_max; /* of what may be spooled */
	struct stream stream;
	const char *data; /* what the stream has handed out and nobody took */
	size_t len;
};

/* Memory, limits; before tool_confine, as stream_init. HOY_UNPACK_MAX_BYTES and _RATIO count
 * here too. */
int archive_input_init(struct archive_input *input, struct err *e);
/* Look at the first bytes. */
int archive_input_begin(struct archive_input *input, struct err *e);
/* Read what follows the tar's end: whoever writes it must not find the pipe closed, and the
 * checksum of what is compressed stands last. */
int archive_input_end(struct archive_input *input, struct err *e);
void archive_input_done(struct archive_input *input);

struct tar_input archive_input_tar(struct archive_input *input);

#endif
