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
	uint64_t size; /* unpacked */
	/* what it came as */
	char blob[DIGEST_SIZE];
	uint64_t blob_size;
	char *media_type;
};

enum { IMAGE_MANIFESTS_MAX = 16, IMAGE_RECORD_MAX = 4 << 20 /* bytes of a record */ };

/*
 * One way in which the image came: the same config and layers may be packed differently (gzip,
 * zstd, not at all), and each packing has its manifest. All that came are kept, so that the
 * image goes out again as it came in, digest by digest.
 */
struct image_record_manifest {
	char digest[DIGEST_SIZE];
	struct image_record_layer *layers; /* lowest first, as many as the record has */
};

struct image_record {
	char id[DIGEST_SIZE];	  /* the config's digest */
	char parent[DIGEST_SIZE]; /* "" */
	uint64_t created_ns;
	size_t layer_count;
	struct image_record_manifest *manifests; /* the oldest first */
	size_t manifest_count;			 /* at least 1 */
};

bool image_record_exists(const struct state *state, const char *id);
/* -ENOENT: there is no such image. -EBADMSG with a sentence: damaged. Everything lives in
 * `arena`. */
int image_record_read(const struct state *state, const char *id, struct arena *arena,
		      struct image_record *ret, struct err *e);
/* From and to text. Parsing is strict; everything lives in `arena`; the id is not in the text. */
int image_record_parse(const char *text, size_t len, struct arena *arena,
		       struct image_record *ret, struct err *e);
void image_record_emit(const struct image_record *record, struct str *out);
/* Durable. */
int image_record_write(const struct state *state, const struct image_record *record,
		       struct err *e);
int image_record_remove(const struct state *state, const char *id);
/* Is the blob known to contain this layer, because some image says so? */
bool image_record_pairs(const struct state *state, const char *diff_id, const char *blob);
/* The ids of all, sorted, as "sha256:<hex>". */
int image_record_list(const struct state *state, struct arena *arena, struct strv *ret,
		      struct err *e);

/* The one with this digest; "" or one that is not there: the first. Borrowed. */
const struct image_record_manifest *image_record_manifest(const struct image_record *record,
							  const char *digest);
/* Of all layers, unpacked. */
uint64_t image_record_size(const struct image_record *record);

#endif
