/*
 * From the archive as it comes to the bytes of the tar: hashed and kept as they came,
 * decompressed, hashed again, counted. Where no media type names the compression, and that is
 * fine, the tar itself is what is kept.
 *
 * It comes from TOOL_INPUT: to its end, or a range of a file, which several read at once. What
 * TOOL_OUTPUT has already of it comes first when it is resumed: an earlier attempt kept it.
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
#include "image/tool_writeback.h"

struct stream_limits {
	uint64_t bytes; /* of the tar */
	bool is_room;	/* that is what the file system has free, not what was asked for */
	uint64_t ratio; /* of the tar to the blob, looked at from STREAM_RATIO_FROM on */
};

enum { STREAM_RATIO = 200 };

/* A limit from the environment, HOY_..., or `fallback`. */
uint64_t tool_limit(const char *name, uint64_t fallback);

struct statvfs;

/* For a file system with so much free: 9/10 of that, unless the environment says otherwise. */
struct stream_limits stream_limits_of(const struct statvfs *free_now);

enum stream_source_kind {
	STREAM_ALL,    /* TOOL_INPUT to its end */
	STREAM_RANGE,  /* `size` bytes from `offset` on of the file TOOL_INPUT */
	STREAM_RESUMED /* first what TOOL_OUTPUT has, then as STREAM_ALL */
};

struct stream_source {
	enum stream_source_kind kind;
	uint64_t offset;
	uint64_t size;
	bool is_anonymous; /* neither kept nor hashed, only counted by the output's offset */
	bool is_untyped_taken; /* compression that no media type names (inflate_is_typed) */
};

/* What becomes the blob: hashed, and written to TOOL_OUTPUT. */
enum stream_keeps {
	STREAM_KEEPS_ALL, /* the bytes as they came */
	STREAM_KEEPS_TAR, /* what is in them */
	STREAM_KEEPS_NOTHING
};

struct stream {
	int input_fd;  /* TOOL_INPUT; both borrowed, and other ones in tests */
	int output_fd; /* TOOL_OUTPUT */
	struct stream_limits limits;
	struct stream_source source;
	uint64_t resumed; /* how much of TOOL_OUTPUT is still to be read */
	struct inflate inflate;
	enum stream_keeps keeps;
	struct hash blob_hash;
	struct hash diff_hash; /* unused where the tar is the blob */
	char *in;	       /* STREAM_IN bytes */
	char *out;	       /* STREAM_OUT bytes */
	size_t in_at;
	size_t in_len;
	bool is_in_over;
	uint64_t came; /* bytes that were read */
	uint64_t blob_size;
	struct writeback writeback; /* of the blob that is kept */
	uint64_t tar_size;
	uint64_t zeros; /* how many zero bytes the tar ended with so far */
};

/* Memory and hashes; before tool_confine. */
int stream_init(struct stream *stream, const struct stream_source *source,
		const struct stream_limits *limits, struct err *e);
/* Read the first bytes and find out what they are. */
int stream_begin(struct stream *stream, struct err *e);
/* The next bytes of the tar, borrowed until the next call. Returns 0 (also at the end, with
 * *ret_len 0) or -errno. */
int stream_next(struct stream *stream, const void **ret_data, size_t *ret_len, struct err *e);
/* After the end: digests, sizes, media type. -EINVAL: the archive was cut off. */
int stream_end(struct stream *stream, struct tool_result *result, struct err *e);
void stream_done(struct stream *stream);

#endif
