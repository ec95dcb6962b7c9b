/*
 * Blobs: bytes named by their SHA-256, in ROOT/blobs/sha256.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_BLOB_H
#define HOY_IMAGE_BLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "format/digest.h"
#include "store/state.h"

/* Below ROOT: what is being fetched, or was when a pull ended early. */
#define BLOB_PARTIAL "partial"

enum { BLOB_PATH_SIZE = 96 };

/* "blobs/sha256/<hex>", relative to ROOT. */
void blob_path(const char *digest, char path[BLOB_PATH_SIZE]);
bool blob_exists(const struct state *state, const char *digest);
/* A small one (config, manifest) from memory, durable. */
int blob_write(const struct state *state, const void *data, size_t len,
	       char ret_digest[DIGEST_SIZE], struct err *e);
/* The digest alone. */
void blob_digest(const void *data, size_t len, char ret_digest[DIGEST_SIZE]);
/* A whole file, `name` in `dir_fd`, on the same file system and synced already, whose digest is
 * known: it is renamed. */
int blob_adopt(const struct state *state, int dir_fd, const char *name, const char *digest,
	       struct err *e);
/* At most `max` bytes, in heap memory. -ENOENT with a sentence that names the digest. */
int blob_read(const struct state *state, const char *digest, size_t max, char **ret,
	      size_t *ret_len, struct err *e);
int blob_remove(const struct state *state, const char *digest, struct err *e);
/* Out of the store and into ROOT/partial, where the next pull finds its bytes; -ENOENT counts as
 * done. */
int blob_take_back(const struct state *state, const char *digest, struct err *e);

#endif
