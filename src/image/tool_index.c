/*
 * See tool_index.h.
 *
 * Runs in: image.
 */
#include "image/tool_index.h"

#include <string.h>

#include "format/json.h"
#include "image/tool_archive_input.h"
#include "image/tool_confine.h"
#include "image/tool_images.h"

struct index_options {
	bool is_layout;
	struct images_wanted wanted;
};

static void write_part(struct json_writer *w, const char *key, const struct archive_part *part,
		       bool is_layout)
{
	if (!part->member)
		return;
	json_begin_object(w, key);
	if (is_layout)
		json_write_text(w, "path", part->member->name);
	if (part->member->spooled >= 0)
		json_write_u64(w, "file", (uint64_t)part->member->spooled);
	json_write_u64(w, "offset", part->member->offset);
	json_write_u64(w, "size", part->member->size);
	if (part->digest[0])
		json_write_text(w, "digest", part->digest);
	if (part->media_type)
		json_write_text(w, "mediaType", part->media_type);
	if (part->is_untyped)
		json_write_bool(w, "untyped", true);
	json_end_object(w);
}

static void write_images(const struct archive_images *images, bool is_layout, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	json_write_bool(&w, "ok", true);
	json_begin_array(&w, "images");
	for (size_t i = 0; i < images->count; i++) {
		const struct archive_image *image = &images->items[i];

		json_begin_object(&w, NULL);
		write_part(&w, "config", &image->config, is_layout);
		write_part(&w, "manifest", &image->manifest, is_layout);
		json_write_strings(&w, "names", &image->names);
		json_begin_array(&w, "layers");
		for (size_t n = 0; n < image->layer_count; n++)
			write_part(&w, NULL, &image->layers[n], is_layout);
		json_end_array(&w);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static int index_images(const struct tar_index *index, const struct images_wanted *wanted,
			struct archive_images *images, struct err *e)
{
	if (tar_index_has(index, "oci-layout") && tar_index_has(index, "index.json"))
		return archive_images_oci(index, wanted, images, e);
	if (tar_index_has(index, "manifest.json"))
		return archive_images_docker(index, images, e);
	if (tar_index_has(index, "repositories"))
		return err_set(
			e, ERR_INVALID, -EOPNOTSUPP,
			"the archive was written by a docker older than 1.10 (2016), in a "
			"form that is not read: load it with a docker of the years after, "
			"and save it again");
	return err_set(e, ERR_INVALID, -EINVAL,
		       "there are no images in it: neither manifest.json nor index.json with "
		       "oci-layout (hoy import makes an image of a root file system)");
}

static int index_run(struct archive_input *input, const struct index_options *options,
		     struct str *out, struct err *e)
{
	struct archive_images images = { 0 };
	struct tar_index index = { .is_directory = options->is_layout, .found = &images.arena };
	int r = 0;

	if (!options->is_layout) {
		r = archive_input_begin(input, e);
		if (r == 0)
			r = tar_index_read(&index, input, e);
	}
	if (r == 0)
		r = index_images(&index, &options->wanted, &images, e);
	if (r == 0)
		write_images(&images, options->is_layout, out);
	archive_images_done(&images);
	tar_index_done(&index);
	return r;
}

static int index_platform(const char *text, struct images_wanted *wanted, struct err *e)
{
	wanted->is_platform_given = true;
	return platform_parse(text, &wanted->platform, e);
}

static int index_options_read(char *const *words, struct index_options *ret, struct err *e)
{
	int r = 0;

	*ret = (struct index_options){ 0 };
	/* Asking for it is not allowed any more when the archive is read. */
	platform_host(&ret->wanted.platform);
	for (; *words && r == 0; words++) {
		if (strcmp(*words, "layout") == 0)
			ret->is_layout = true;
		else if (str_starts(*words, "platform="))
			r = index_platform(*words + strlen("platform="), &ret->wanted, e);
		else if (str_starts(*words, "name="))
			ret->wanted.name = *words + strlen("name=");
		else
			return err_set(e, ERR_INVALID, -EINVAL, "\"%.40s\" is not known",
				       *words);
	}
	return r;
}

int tool_index(char *const *words, struct str *out, struct err *e)
{
	struct archive_input input = { 0 };
	struct index_options options;
	int r = index_options_read(words, &options, e);

	if (r == 0)
		r = archive_input_init(&input, e);
	if (r == 0)
		r = tool_confine(options.is_layout ? CONFINE_READ : CONFINE_SPOOL, e);
	if (r == 0)
		r = index_run(&input, &options, out, e);
	archive_input_done(&input);
	return r;
}
