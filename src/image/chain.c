/*
 * See chain.h.
 *
 * Runs in: cli (engine).
 */
#include "image/chain.h"

#include <stdio.h>
#include <string.h>

#include "image/blob.h"

void chain_id(const char *below, const char *diff_id, char ret[DIGEST_SIZE])
{
	char text[2 * DIGEST_SIZE + 1];
	int len;

	if (below[0] == '\0') {
		memmove(ret, diff_id, DIGEST_SIZE);
		return;
	}
	len = snprintf(text, sizeof(text), "%s %s", below, diff_id);
	blob_digest(text, (size_t)len, ret);
}
