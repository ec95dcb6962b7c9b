/*
 * From the archive as it comes to the bytes of the tar: hashed and kept as they came,
 * decompressed, hashed again, counted.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_STREAM_H
#define HOY_IMAGE_TOOL_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "image/tool.h"
#include "image/tool_hash.h"
#include "image/tool_inflate.h"

struct stream_limits {
	uint64_t bytes; /* of the tar */
	uint64_t ratio; /* of the tar to the blob, looked at from STREAM_RATIO_FROM on */
};

struct stream {
	int input_fd;  /* TOOL_INPUT; both borrowed, and other ones in tests */
	int output_fd; /* TOOL_OUTPUT */
	struct stream_limits limits;
	struct inflate inflate;
	struct hash blob_hash;
	struct hash diff_hash;
	bool has_diff_hash; /* else the tar is the blob */
	char *in;	    /* STREAM_IN bytes */
	char *out;	    /* STREAM_OUT bytes */
	size_t in_at;
	size_t in_len;
	bool is_in_over;
	uint64_t blob_size;
	uint64_t tar_size;
	uint64_t zeros; /* how many zero bytes the tar ended with so far */
};

/* Memory and hashes; before tool_confine. */
int stream_init(struct stream *stream, const struct stream_limits *limits, struct err *e);
/* Read the first bytes and find out what they are. */
int stream_begin(struct stream *stream, struct err *e);
/* The next bytes of the tar, borrowed until the next call. Returns 0 (also at the end, with
 * *ret_len 0) or -errno. */
int stream_next(struct stream *stream, const void **ret_data, size_t *ret_len, struct err *e);
/* After the end: digests, sizes, media type. -EINVAL: the archive was cut off. */
int stream_end(struct stream *stream, struct tool_result *result, struct err *e);
void stream_done(struct stream *stream);

#endif
