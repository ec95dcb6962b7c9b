/*
 * See image_manifest.h.
 *
 * Runs in: cli (engine), image.
 */
#include "spec/image_manifest.h"

#include <stdio.h>
#include <string.h>

#include "format/json.h"
#include "spec/image_config.h"

static int check_type(const struct descriptor *d, bool (*is_right)(const char *),
		      const char *what, struct err *e)
{
	if (is_right(d->media_type))
		return 0;
	return err_set(e, ERR_INVALID, -EOPNOTSUPP,
		       "it is no image: its %s is of the type \"%.100s\"", what, d->media_type);
}

static int read_config(struct json_object *root, struct arena *arena,
		       struct image_manifest *manifest, struct err *e)
{
	struct json_object *config = NULL;
	int r = json_get_object(root, "", "config", &config, e);

	if (r == 0 && !config)
		r = err_set(e, ERR_INVALID, -EINVAL, "it has no config");
	if (r == 0)
		r = descriptor_read(config, "config", arena, &manifest->config, e);
	if (r == 0 && manifest->config.size > IMAGE_CONFIG_MAX)
		r = err_set(e, ERR_INVALID, -EFBIG, "its config is larger than %d bytes",
			    IMAGE_CONFIG_MAX);
	return r < 0 ? r : check_type(&manifest->config, media_type_is_config, "config", e);
}

static int read_layers(struct json_object *root, struct arena *arena,
		       struct image_manifest *manifest, struct err *e)
{
	struct json_object *layers = NULL;
	int r = json_get_array(root, "", "layers", IMAGE_LAYERS_MAX, &layers, e);

	if (r < 0)
		return r;
	manifest->layer_count = layers ? json_object_array_length(layers) : 0;
	if (manifest->layer_count == 0)
		return err_set(e, ERR_INVALID, -EOPNOTSUPP, "it is no image: it has no layers");
	manifest->layers =
		arena_array(arena, manifest->layer_count, sizeof(manifest->layers[0]));
	if (!manifest->layers)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	for (size_t i = 0; i < manifest->layer_count && r == 0; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "layers[%zu]", i);
		r = descriptor_read(json_object_array_get_idx(layers, i), path, arena,
				    &manifest->layers[i], e);
		if (r == 0)
			r = check_type(&manifest->layers[i], media_type_is_layer, "layer", e);
	}
	return r;
}

static int read_manifest(struct json_object *root, const char *said, struct arena *arena,
			 struct image_manifest *manifest, struct err *e)
{
	int r = document_media_type(root, said, arena, &manifest->media_type, e);

	if (r < 0)
		return r;
	if (manifest->media_type[0] && !media_type_is_manifest(manifest->media_type) &&
	    media_type_is_index(manifest->media_type))
		return err_set(e, ERR_INVALID, -EINVAL, "it is an index, not a manifest");
	if (!media_type_is_manifest(manifest->media_type))
		manifest->media_type = arena_copy(arena, MEDIA_TYPE_OCI_MANIFEST);
	r = read_config(root, arena, manifest, e);
	return r < 0 ? r : read_layers(root, arena, manifest, e);
}

int image_manifest_parse(const char *json, size_t len, const char *said, struct arena *arena,
			 struct image_manifest *ret, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	struct image_manifest manifest = { 0 };
	int r = json_parse(json, len, MANIFEST_MAX, "manifest", &root, e);

	if (r < 0)
		return r;
	r = read_manifest(root, said, arena, &manifest, e);
	if (r == 0 && arena_ok(arena) < 0)
		r = err_set(e, ERR_INTERNAL, -ENOMEM, "no memory");
	if (r < 0)
		return err_wrap(e, r, "manifest");
	*ret = manifest;
	return 0;
}
