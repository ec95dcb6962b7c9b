/*
 * What the engine and hoy-image say to each other: descriptors in fixed places, one line of JSON back.
 *
 *   hoy-image unpack WORD...       0 archive, perhaps compressed   1 the blob              3 where the layer goes
 *   hoy-image verify WORD...       the same without unpacking      1 the blob              3 -
 *   hoy-image index [WORD...]      0 an archive of images          1 a counter             3 an empty directory
 *   hoy-image pack (layer|tree)    0 -                             1 a tar                 3 a directory
 *   hoy-image digest               0 bytes                         1 -                     3 -
 *   hoy-image compress             0 a plain blob                  1 the blob as gzip      3 -
 *
 * The words of unpack and verify: `erofs` (3 is an empty file for an image, otherwise an empty directory), `lowest` (there is no
 * layer below), `range=OFFSET+SIZE` (of 0, a file), `resume` (1 has the beginning of the blob already), `untyped` (0 may be
 * compressed in a way that no media type names, bzip2 or xz: then the blob is the tar inside, else it is what came).
 * `verify` only tells what the archive is: the digests of the blob and of the tar inside.
 *
 * Whoever started it sees how far it is by the offsets of descriptors that both have: of 0 where it
 * reads a file from its start to its end, else of 1, to which `unpack` and `verify` write the blob as
 * it comes. To the counter nothing is written; its offset moves on by what was read.
 *
 * 2 is for diagnostics, 4 takes the result, 5 is kept open: the lock of the work directory, which is thereby held until the
 * program is gone even when the engine was killed. The environment may set limits (tool_unpack.h).
 *
 * The result is {"ok":true, ...} with the members of `struct tool_result`, or {"kind":K,"error":"sentence"}. The engine
 * parses it as it parses anything from outside.
 *
 * Runs in: cli (engine), image.
 */
#ifndef HOY_IMAGE_TOOL_H
#define HOY_IMAGE_TOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "format/digest.h"

enum tool_fd {
	TOOL_INPUT = 0,
	TOOL_OUTPUT = 1,
	TOOL_DIRECTORY = 3,
	TOOL_IMAGE = TOOL_DIRECTORY, /* where it is a file instead */
	TOOL_RESULT = 4,
	TOOL_LOCK = 5,
	TOOL_FDS = 6
};

enum { TOOL_RESULT_MAX = 64 * 1024, TOOL_MEDIA_TYPE_SIZE = 96 };

#define TOOL_PROGRAM "hoy-image"

struct tool_result {
	char blob[DIGEST_SIZE]; /* of the bytes that are kept */
	uint64_t blob_size;
	char diff_id[DIGEST_SIZE]; /* of the tar inside */
	char media_type[TOOL_MEDIA_TYPE_SIZE];
	uint64_t size;	/* of all regular files, bytes */
	uint64_t files; /* entries besides the root directory */
};

#endif
