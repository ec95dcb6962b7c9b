/*
 * Blobs as far as they were fetched: ROOT/partial/<hex of the digest>, held by a lock on the file
 * by who fetches it; nobody: what an interrupted pull left, for the next one.
 *
 * Runs in: cli (engine).
 * See: flock(2).
 */
#ifndef HOY_IMAGE_PARTIAL_H
#define HOY_IMAGE_PARTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "image/publish.h"
#include "store/state.h"

/* What nobody fetches is kept so long for the next pull. */
#define PARTIAL_KEEP_NS (UINT64_C(24) * 3600 * 1000000000)

struct partial {
	int dir_fd;
	int fd; /* locked; closing it lets go */
	char name[DIGEST_HEX_LEN + 1];
	uint64_t size; /* how much is there */
};

#define PARTIAL_NONE                           \
	{                                      \
		.dir_fd = -EBADF, .fd = -EBADF \
	}

/*
 * Begin to fetch the blob `digest` of `size` bytes, or go on with it. What cannot be its beginning
 * (it is longer) is thrown away. -EAGAIN without a sentence: somebody else fetches it just now, or
 * has just finished.
 */
int partial_open(const struct state *state, const char *digest, uint64_t size,
		 struct partial *ret, struct err *e);
/* Let go; what is there stays. Accepts one that is closed. */
void partial_close(struct partial *partial);
/* Throw it away, then let go. */
void partial_discard(struct partial *partial);
/* As what publish_layer takes. */
struct publish_blob partial_blob(const struct partial *partial);

/* Remove what nobody holds and nobody has written to for `age_ns`. Adds what that frees to
 * `ret_bytes` (NULL: not counted). */
int partial_remove(const struct state *state, uint64_t age_ns, uint64_t *ret_bytes,
		   struct err *e);

/* How many there are, held or not, and what they take on the disk. */
struct partial_usage {
	size_t count;
	uint64_t bytes;
};
int partial_measure(const struct state *state, struct partial_usage *ret, struct err *e);

#endif
