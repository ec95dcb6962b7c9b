/*
 * Where the body of an answer goes: into memory with a limit, or into a pipe or file as far as
 * its reader keeps up.
 *
 * A sink outlives a broken transfer: `at` says how much it has, and the next transfer goes on
 * from there, or is read from the start again where the server knows no ranges.
 *
 * Runs in: fetch.
 */
#ifndef HOY_FETCH_SINK_H
#define HOY_FETCH_SINK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* The size of a stream that has its end where it ends. */
#define SINK_ENDLESS UINT64_MAX

struct sink {
	int fd; /* borrowed, non-blocking; negative: into `memory` */
	struct str memory;
	uint64_t max;	  /* of memory: more is an error */
	uint64_t size;	  /* of the stream: exactly so many, none less or more */
	bool is_unsized;  /* how many there are the answer says, or nobody: SINK_ENDLESS */
	uint64_t at;	  /* how many it has */
	uint64_t discard; /* of this transfer: how many come that it has already */
	bool is_refusing; /* its reader is gone: no other transfer helps */
};

/* A transfer that begins with byte `from` of the body (at most `at`). Memory starts anew. */
void sink_begin(struct sink *sink, uint64_t from);
/*
 * Take what came. Returns how many bytes were taken; fewer than `len`: wait until `fd` is
 * writable and give the rest again. -EFBIG: too many bytes; -EPIPE: the reader is gone; -errno.
 */
ssize_t sink_take(struct sink *sink, const void *data, size_t len, struct err *e);
/* Is all of a stream there? Of an endless one nobody knows. */
bool sink_is_complete(const struct sink *sink);
/* Has its answer ended before all of it was there? */
bool sink_is_short(const struct sink *sink);

#endif
