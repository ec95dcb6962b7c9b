/*
 * Which images an archive holds: configs, layers, names. What it says is looked at here, where a
 * mistake harms nobody, and told to the engine as places and digests, which checks every digest
 * itself.
 *
 * Runs in: image, confined.
 */
#ifndef HOY_IMAGE_TOOL_IMAGES_H
#define HOY_IMAGE_TOOL_IMAGES_H

#include "format/digest.h"
#include "image/tool_tar_index.h"
#include "spec/platform.h"

enum {
	ARCHIVE_IMAGES_MAX = 1000,
	ARCHIVE_NAMES_MAX = 1000,  /* of one image */
	ARCHIVE_LAYERS_MAX = 20000 /* of all images */
};

/* Bytes in the archive, and of which digest they must be; "": nobody says. */
struct archive_part {
	const struct indexed *member;
	char digest[DIGEST_SIZE];
	char *media_type; /* of a layer; NULL: not said */
	bool is_untyped;  /* a layer, compressed in a way that no media type names */
};

struct archive_image {
	struct archive_part config;
	struct archive_part manifest; /* member NULL: there is none */
	struct strv names;	      /* as they stand there */
	struct archive_part *layers;
	size_t layer_count;
};

struct archive_images {
	struct arena arena;
	struct archive_image *items;
	size_t count;
	size_t layer_count; /* of all */
};

/* Which of them. */
struct images_wanted {
	struct platform platform; /* of several; this machine's unless it is given */
	bool is_platform_given;
	const char *name; /* a layout's name for it; NULL: all */
};

void archive_images_done(struct archive_images *images);

/* From docker's manifest.json. */
int archive_images_docker(const struct tar_index *index, struct archive_images *images,
			  struct err *e);

/* From an OCI layout. */
int archive_images_oci(const struct tar_index *index, const struct images_wanted *wanted,
		       struct archive_images *images, struct err *e);

/* Room for a whole list; and for the layers of one. -EFBIG: there are too many. */
int archive_images_begin(struct archive_images *images, size_t count, struct err *e);
int archive_images_layers(struct archive_images *images, struct archive_image *image,
			  size_t count, struct err *e);

#endif
