/*
 * SHA-256 of megabytes, by OpenSSL: 2 GB/s where the processor has the instructions.
 *
 * Runs in: image.
 */
#ifndef HOY_IMAGE_TOOL_HASH_H
#define HOY_IMAGE_TOOL_HASH_H

#include <stddef.h>

#include "base/err.h"
#include "format/digest.h"

struct evp_md_ctx_st;

struct hash {
	struct evp_md_ctx_st *context;
};

/* Also loads what OpenSSL loads lazily, so it comes before tool_confine. Returns 0 or -ENOMEM.
 */
int hash_init(struct hash *hash, struct err *e);
int hash_add(struct hash *hash, const void *data, size_t len, struct err *e);
/* "sha256:<hex>"; the hash is then to be done with. */
int hash_end(struct hash *hash, char text[DIGEST_SIZE], struct err *e);
void hash_done(struct hash *hash);

#endif
