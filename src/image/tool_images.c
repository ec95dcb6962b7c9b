/*
 * See tool_images.h.
 *
 * Runs in: image, confined.
 */
#include "image/tool_images.h"

#include "base/fd.h"
#include "format/json.h"
#include "spec/image_config.h"

void archive_images_done(struct archive_images *images)
{
	arena_done(&images->arena);
	*images = (struct archive_images){ 0 };
}

int archive_images_begin(struct archive_images *images, size_t count, struct err *e)
{
	if (count > ARCHIVE_IMAGES_MAX)
		return err_set(e, ERR_INVALID, -EFBIG,
			       "there are more than %d images in the archive",
			       ARCHIVE_IMAGES_MAX);
	images->items = arena_array(&images->arena, count, sizeof(images->items[0]));
	return images->items ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for images");
}

int archive_images_layers(struct archive_images *images, struct archive_image *image,
			  size_t count, struct err *e)
{
	images->layer_count += count;
	if (count > IMAGE_LAYERS_MAX || images->layer_count > ARCHIVE_LAYERS_MAX)
		return err_set(e, ERR_INVALID, -EFBIG, "there are too many layers");
	image->layers = arena_array(&images->arena, count, sizeof(image->layers[0]));
	image->layer_count = count;
	return image->layers ? 0 : err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for layers");
}
