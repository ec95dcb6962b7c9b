/*
 * Descriptors: what a document says of another: its type, digest and size.
 *
 * Runs in: cli (engine), image.
 * See: OCI image-spec descriptor.md, media-types.md.
 */
#ifndef HOY_SPEC_DESCRIPTOR_H
#define HOY_SPEC_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "format/digest.h"

struct json_object;

#define MEDIA_TYPE_OCI_INDEX	"application/vnd.oci.image.index.v1+json"
#define MEDIA_TYPE_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_TYPE_OCI_CONFIG	"application/vnd.oci.image.config.v1+json"
#define MEDIA_TYPE_OCI_LAYER	"application/vnd.oci.image.layer.v1.tar"

#define MEDIA_TYPE_DOCKER_LIST	   "application/vnd.docker.distribution.manifest.list.v2+json"
#define MEDIA_TYPE_DOCKER_MANIFEST "application/vnd.docker.distribution.manifest.v2+json"
#define MEDIA_TYPE_DOCKER_CONFIG   "application/vnd.docker.container.image.v1+json"
#define MEDIA_TYPE_DOCKER_LAYER	   "application/vnd.docker.image.rootfs.diff.tar.gzip"

enum {
	MANIFEST_MAX = 4 << 20, /* bytes of a manifest or an index */
	INDEX_ENTRIES_MAX = 1000
};

struct descriptor {
	char *media_type; /* "" when it is not said */
	char digest[DIGEST_SIZE];
	uint64_t size;
};

/* `path` names it in errors. -EINVAL: no digest, or one that is not sha256; no size. Alternative
 * addresses (`urls`) and embedded content (`data`) are ignored. */
int descriptor_read(struct json_object *o, const char *path, struct arena *arena,
		    struct descriptor *ret, struct err *e);

/* Of an index or a list of docker's? Of a manifest? */
bool media_type_is_index(const char *media_type);
bool media_type_is_manifest(const char *media_type);
/* Of an image's config, of a layer? */
bool media_type_is_config(const char *media_type);
bool media_type_is_layer(const char *media_type);

/*
 * The type of the document `root`, an object: its own mediaType, which must be the one that it
 * was given out as (`said`: a Content-Type or a descriptor's; parameters do not count; NULL:
 * nobody said), or that. -EINVAL with a sentence: they differ; it could be read as an index and
 * as a manifest; schemaVersion is not 2. *ret lives in `arena`, "" when nobody knows.
 */
int document_media_type(struct json_object *root, const char *said, struct arena *arena,
			char **ret, struct err *e);

#endif
