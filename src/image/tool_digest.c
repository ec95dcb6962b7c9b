/*
 * See tool_digest.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_digest.h"

#include <stdlib.h>

#include "base/fd.h"
#include "image/tool_confine.h"
#include "image/tool_hash.h"

enum { DIGEST_READ = 256 * 1024 };

static int digest_run(struct hash *hash, char *buffer, struct tool_result *result,
		      struct err *e)
{
	for (;;) {
		ssize_t n = fd_read_full(TOOL_INPUT, buffer, DIGEST_READ);
		int r;

		if (n < 0)
			return err_sys(e, (int)n, "read the blob");
		if (n == 0)
			return hash_end(hash, result->blob, e);
		r = hash_add(hash, buffer, (size_t)n, e);
		if (r < 0)
			return r;
		result->blob_size += (uint64_t)n;
	}
}

int tool_digest(struct tool_result *result, struct err *e)
{
	AUTO_FREE char *buffer = malloc(DIGEST_READ);
	struct hash hash = { 0 };
	int r = hash_init(&hash, e);

	if (r == 0 && !buffer)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for a buffer");
	if (r == 0)
		r = tool_confine(CONFINE_BYTES, e);
	if (r == 0)
		r = digest_run(&hash, buffer, result, e);
	hash_done(&hash);
	return r;
}
