/*
 * See descriptor.h.
 *
 * Runs in: cli (engine), image.
 */
#include "spec/descriptor.h"

#include <string.h>

#include "format/json.h"

static bool is_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

bool media_type_is_index(const char *media_type)
{
	static const char *const types[] = { MEDIA_TYPE_OCI_INDEX, MEDIA_TYPE_DOCKER_LIST,
					     NULL };

	return is_one_of(media_type, types);
}

bool media_type_is_manifest(const char *media_type)
{
	static const char *const types[] = { MEDIA_TYPE_OCI_MANIFEST,
					     MEDIA_TYPE_DOCKER_MANIFEST, NULL };

	return is_one_of(media_type, types);
}

bool media_type_is_config(const char *media_type)
{
	static const char *const types[] = { MEDIA_TYPE_OCI_CONFIG, MEDIA_TYPE_DOCKER_CONFIG,
					     NULL };

	return is_one_of(media_type, types);
}

bool media_type_is_layer(const char *media_type)
{
	static const char *const types[] = {
		MEDIA_TYPE_OCI_LAYER,
		(MEDIA_TYPE_OCI_LAYER "+gzip"),
		(MEDIA_TYPE_OCI_LAYER "+zstd"),
		"application/vnd.oci.image.layer.nondistributable.v1.tar",
		"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
		"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
		MEDIA_TYPE_DOCKER_LAYER,
		"application/vnd.docker.image.rootfs.diff.tar",
		"application/vnd.docker.image.rootfs.diff.tar.zstd",
		"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
		"application/vnd.docker.image.rootfs.foreign.diff.tar",
		NULL,
	};

	return is_one_of(media_type, types);
}

static int read_digest(struct json_object *o, const char *path, char ret[DIGEST_SIZE],
		       struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	char *text = NULL;
	int r = json_get_string(o, path, "digest", &arena, &text, e);

	if (r < 0)
		return r;
	if (!text)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: it has no digest", path);
	if (!digest_is_valid(text))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: \"%.100s\" %s", path, text,
			       digest_complaint(text));
	return str_copy(ret, DIGEST_SIZE, text);
}

int descriptor_read(struct json_object *o, const char *path, struct arena *arena,
		    struct descriptor *ret, struct err *e)
{
	struct descriptor descriptor = { 0 };
	uint64_t size = UINT64_MAX;
	int r;

	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "%s: expected an object", path);
	r = json_get_string(o, path, "mediaType", arena, &descriptor.media_type, e);
	if (r == 0)
		r = read_digest(o, path, descriptor.digest, e);
	if (r == 0)
		r = json_get_u64(o, path, "size", INT64_MAX, &size, e);
	if (r < 0)
		return r;
	if (size == UINT64_MAX)
		return err_set(e, ERR_INVALID, -EINVAL, "%s: it has no size", path);
	descriptor.size = size;
	if (!descriptor.media_type)
		descriptor.media_type = arena_copy(arena, "");
	*ret = descriptor;
	return arena_ok(arena) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "%s: no memory", path)
				   : 0;
}

static bool has(struct json_object *o, const char *key)
{
	return json_object_object_get_ex(o, key, NULL);
}

static int check_schema(struct json_object *root, struct err *e)
{
	uint64_t version = 0;
	int r = json_get_u64(root, "", "schemaVersion", UINT32_MAX, &version, e);

	if (r < 0)
		return r;
	if (version == 1 || has(root, "fsLayers") || has(root, "signatures"))
		return err_set(
			e, ERR_INVALID, -EOPNOTSUPP,
			"it is a manifest of docker's schema 1, which was given up in 2017 "
			"and is not read: push the image again with a newer docker");
	if (version != 2)
		return err_set(e, ERR_INVALID, -EINVAL, "its schemaVersion is not 2");
	return 0;
}

/* A Content-Type without its parameters. */
static char *plain_type(const char *said, struct arena *arena)
{
	size_t len = strcspn(said, ";");

	while (len > 0 && (said[len - 1] == ' ' || said[len - 1] == '\t'))
		len--;
	return arena_copy_bytes(arena, said, len);
}

int document_media_type(struct json_object *root, const char *said, struct arena *arena,
			char **ret, struct err *e)
{
	char *own = NULL;
	char *given = said ? plain_type(said, arena) : NULL;
	int r;

	if (!json_object_is_type(root, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "expected an object");
	r = check_schema(root, e);
	if (r == 0)
		r = json_get_string(root, "", "mediaType", arena, &own, e);
	if (r < 0)
		return r;
	if (has(root, "manifests") && (has(root, "layers") || has(root, "config")))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "it could be read as an index and as a manifest");
	/* Only a type of ours contradicts: many servers say application/json. */
	if (own && given && (media_type_is_index(given) || media_type_is_manifest(given)) &&
	    strcmp(own, given) != 0)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "it says that it is %.100s, and was given out as %.100s", own,
			       given);
	*ret = own ? own : given ? given : arena_copy(arena, "");
	return arena_ok(arena) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "no memory") : 0;
}
