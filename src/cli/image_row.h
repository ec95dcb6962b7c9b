/*
 * Images as rows of `hoy images`: one for each name.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_IMAGE_ROW_H
#define HOY_CLI_IMAGE_ROW_H

#include "cli/listing.h"
#include "engine/engine.h"

struct json_object;

#define IMAGE_STANDARD "table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
#define IMAGE_DIGESTS \
	"table {{.Repository}}\t{{.Tag}}\t{{.Digest}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"

extern const struct listing_title image_titles[];

/* One name of an image as users see it; NULL: "<none>". */
struct image_name {
	const char *repository;
	const char *tag;
	const char *digest;
};

/* A new object owned by the caller. NULL without memory. */
struct json_object *image_row(const struct image *image, const struct image_name *name,
			      uint64_t now_ns, bool is_truncating);

#endif
