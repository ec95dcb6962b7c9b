/*
 * Docker's archive: manifest.json says of each image where its config and its layers are.
 *
 * Every form since docker 1.10 (2016) has it: layers as ID/layer.tar, perhaps links to one
 * another; as HEX.tar (podman, skopeo); below blobs/ (docker 25). A layer may be compressed in any
 * way that docker reads, whatever its name.
 *
 * Runs in: image, confined.
 * See: moby image/spec/v1.2.md "Combined Image JSON + Filesystem Changeset Format".
 */
#include "base/fd.h"
#include "format/json.h"
#include "image/tool_images.h"
#include "image/tool_inflate.h"
#include "spec/descriptor.h"

static int read_layer(const char *name, const struct tar_index *index, struct archive_part *ret,
		      struct err *e)
{
	char first[INFLATE_MAGIC];
	size_t len = 0;
	int r = tar_index_find(index, name, &ret->member, e);

	if (r == 0)
		r = tar_index_first(index, ret->member, first, sizeof(first), &len, e);
	if (r == 0)
		ret->is_untyped = !inflate_is_typed(inflate_detect(first, len));
	return r;
}

static int read_layers(struct json_object *o, const struct tar_index *index,
		       struct archive_images *images, struct archive_image *image,
		       struct err *e)
{
	struct strv names = { 0 };
	int r = json_get_strings(o, "manifest.json", "Layers", &images->arena, &names, e);

	if (r == 0)
		r = archive_images_layers(images, image, names.count, e);
	for (size_t i = 0; i < names.count && r == 0; i++)
		r = read_layer(names.items[i], index, &image->layers[i], e);
	return r;
}

static int read_image(struct json_object *o, const struct tar_index *index,
		      struct archive_images *images, struct archive_image *image, struct err *e)
{
	char *config = NULL;
	int r = json_get_string(o, "manifest.json", "Config", &images->arena, &config, e);

	if (r == 0 && !config)
		r = err_set(e, ERR_INVALID, -EINVAL, "an image has no Config");
	if (r == 0)
		r = tar_index_find(index, config, &image->config.member, e);
	if (r == 0)
		r = json_get_strings(o, "manifest.json", "RepoTags", &images->arena,
				     &image->names, e);
	if (r == 0 && image->names.count > ARCHIVE_NAMES_MAX)
		r = err_set(e, ERR_INVALID, -EFBIG, "an image has too many names");
	return r < 0 ? r : read_layers(o, index, images, image, e);
}

static int read_images(struct json_object *array, const struct tar_index *index,
		       struct archive_images *images, struct err *e)
{
	size_t count = json_object_array_length(array);
	int r = archive_images_begin(images, count, e);

	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *o = json_object_array_get_idx(array, i);

		if (!json_object_is_type(o, json_type_object))
			return err_set(e, ERR_INVALID, -EINVAL, "expected an object");
		r = read_image(o, index, images, &images->items[i], e);
		images->count++;
	}
	return r;
}

int archive_images_docker(const struct tar_index *index, struct archive_images *images,
			  struct err *e)
{
	const struct indexed *member;
	AUTO_JSON struct json_object *array = NULL;
	AUTO_FREE char *text = NULL;
	int r = tar_index_find(index, "manifest.json", &member, e);

	if (r == 0)
		r = tar_index_text(index, member, MANIFEST_MAX, &text, e);
	if (r == 0)
		r = json_parse(text, (size_t)member->size, MANIFEST_MAX, "manifest.json",
			       &array, e);
	if (r < 0)
		return r;
	if (!json_object_is_type(array, json_type_array))
		return err_set(e, ERR_INVALID, -EINVAL, "manifest.json: expected an array");
	r = read_images(array, index, images, e);
	return r < 0 ? err_wrap(e, r, "manifest.json") : 0;
}
