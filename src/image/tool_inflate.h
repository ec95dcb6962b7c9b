/*
 * Decompression in process: gzip by isa-l (two to three times zlib's speed), zstd, or nothing.
 *
 * Several gzip members or zstd frames behind each other are one stream. What follows the last
 * one must be zeros (padding of tapes and blocks) or nothing.
 *
 * Runs in: image, confined.
 * See: RFC 1952, RFC 8878.
 */
#ifndef HOY_IMAGE_TOOL_INFLATE_H
#define HOY_IMAGE_TOOL_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum inflate_kind { INFLATE_PLAIN, INFLATE_GZIP, INFLATE_ZSTD };

struct inflate {
	enum inflate_kind kind;
	struct inflate_state *gzip;
	struct ZSTD_DCtx_s *zstd;
	bool is_inside; /* a member has begun and not ended */
	bool is_over;	/* the last member has ended: only padding may follow */
};

struct inflate_io {
	const void *in; /* advanced over what was read */
	size_t in_len;
	void *out; /* advanced over what was written */
	size_t out_room;
};

enum { INFLATE_MAGIC = 6 };

/*
 * Which compression the first bytes (at least INFLATE_MAGIC, fewer only at the end of input)
 * speak of. Returns an inflate_kind, or -EOPNOTSUPP naming one that is known and not read
 * (bzip2, xz).
 */
int inflate_detect(const void *first, size_t len, struct err *e);

int inflate_init(struct inflate *inflate, enum inflate_kind kind, struct err *e);
/* Some progress from `io->in` to `io->out`. Returns 0, or -EINVAL with a sentence about the
 * damage. */
int inflate_some(struct inflate *inflate, struct inflate_io *io, struct err *e);
/* At the end of input: was it whole? Returns 0 or -EINVAL. */
int inflate_end(const struct inflate *inflate, struct err *e);
void inflate_done(struct inflate *inflate);

#endif
