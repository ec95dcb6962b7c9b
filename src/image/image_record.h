/*
 * The record of an image: what says that it exists, and what it is made of, so that no command
 * walks trees or parses manifests.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_IMAGE_RECORD_H
#define HOY_IMAGE_IMAGE_RECORD_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/digest.h"
#include "spec/image_config.h"
#include "store/state.h"

struct image_record_layer {
	char diff_id[DIGEST_SIZE];
	char blob[DIGEST_SIZE];
	uint64_t blob_size;
	uint64_t size; /* unpacked */
	char *media_type;
};

struct image_record {
	char id[DIGEST_SIZE]; /* the config's digest */
	char manifest[DIGEST_SIZE];
	char parent[DIGEST_SIZE]; /* "" */
	uint64_t created_ns;
	struct image_record_layer *layers; /* lowest first */
	size_t layer_count;
};

bool image_record_exists(const struct state *state, const char *id);
/* -ENOENT: there is no such image. -EBADMSG with a sentence: damaged. Everything lives in
 * `arena`. */
int image_record_read(const struct state *state, const char *id, struct arena *arena,
		      struct image_record *ret, struct err *e);
/* Durable. */
int image_record_write(const struct state *state, const struct image_record *record,
		       struct err *e);
int image_record_remove(const struct state *state, const char *id);
/* The ids of all, sorted, as "sha256:<hex>". */
int image_record_list(const struct state *state, struct arena *arena, struct strv *ret,
		      struct err *e);

uint64_t image_record_size(const struct image_record *record);

#endif
