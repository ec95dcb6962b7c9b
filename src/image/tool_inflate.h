/*
 * Decompression in process: gzip by isa-l (two to three times zlib's speed), zstd, xz, bzip2, or
 * nothing.
 *
 * Several members (gzip), frames (zstd) or streams (xz, bzip2) behind each other are one stream;
 * all are called members here. What follows the last one must be zeros (padding of tapes and
 * blocks) or nothing.
 *
 * Runs in: image, confined.
 * See: RFC 1952, RFC 8878, The .xz File Format 1.0.4.
 */
#ifndef HOY_IMAGE_TOOL_INFLATE_H
#define HOY_IMAGE_TOOL_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum inflate_kind {
	INFLATE_PLAIN,
	INFLATE_GZIP,
	INFLATE_ZSTD,
	/* What follows no media type of a layer speaks of. */
	INFLATE_XZ,
	INFLATE_BZIP2
};

struct inflate_format;

struct inflate {
	enum inflate_kind kind;
	const struct inflate_format *format; /* NULL: plain */
	void *decoder;			     /* the format's */
	bool is_inside;			     /* a member has begun and not ended */
	uint64_t padding; /* zeros since the last one; from the first on it is padding */
};

struct inflate_io {
	const void *in; /* advanced over what was read */
	size_t in_len;
	void *out; /* advanced over what was written */
	size_t out_room;
};

enum { INFLATE_MAGIC = 6 };

/* Which compression the first bytes (at least INFLATE_MAGIC, fewer only at the end of input)
 * speak of. */
enum inflate_kind inflate_detect(const void *first, size_t len);
/* May a layer in an image be compressed so? */
bool inflate_is_typed(enum inflate_kind kind);
/* "xz"; "" for INFLATE_PLAIN. */
const char *inflate_name(enum inflate_kind kind);

int inflate_init(struct inflate *inflate, enum inflate_kind kind, struct err *e);
/* Some progress from `io->in` to `io->out`. Returns 0; -EINVAL with a sentence about the damage;
 * -EFBIG: decompressing it takes too much memory. */
int inflate_some(struct inflate *inflate, struct inflate_io *io, struct err *e);
/* At the end of input: was it whole? Returns 0 or -EINVAL. */
int inflate_end(const struct inflate *inflate, struct err *e);
void inflate_done(struct inflate *inflate);

#endif
