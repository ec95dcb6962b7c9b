/*
 * docker image inspect: one image with docker's keys and nesting.
 *
 * Runs in: cli (engine).
 * See: Docker Engine API, ImageInspect.
 */
#include <string.h>

#include "engine/engine.h"
#include "format/json.h"
#include "format/reference.h"

struct image_inspection {
	struct engine *engine;
	const struct image *image;
	const char *driver;
	struct json_writer w;
};

/* null when there is none, as docker's. */
static void write_list(struct json_writer *w, const char *key, const struct strv *v,
		       bool is_given)
{
	if (is_given)
		json_write_strings(w, key, v);
	else
		json_write_text(w, key, NULL);
}

/* {"80/tcp": {}}, or null. */
static void write_set(struct json_writer *w, const char *key, const struct strv *keys)
{
	if (keys->count == 0) {
		json_write_text(w, key, NULL);
		return;
	}
	json_begin_object(w, key);
	for (size_t i = 0; i < keys->count; i++) {
		json_begin_object(w, keys->items[i]);
		json_end_object(w);
	}
	json_end_object(w);
}

static const char *text_or_empty(const char *text)
{
	return text ? text : "";
}

static void write_config(struct image_inspection *i)
{
	const struct image_config *c = &i->image->config;
	struct json_writer *w = &i->w;

	json_begin_object(w, "Config");
	json_write_text(w, "Hostname", "");
	json_write_text(w, "Domainname", "");
	json_write_text(w, "User", text_or_empty(c->user));
	json_write_bool(w, "AttachStdin", false);
	json_write_bool(w, "AttachStdout", false);
	json_write_bool(w, "AttachStderr", false);
	if (c->exposed_ports.count > 0)
		write_set(w, "ExposedPorts", &c->exposed_ports);
	json_write_bool(w, "Tty", false);
	json_write_bool(w, "OpenStdin", false);
	json_write_bool(w, "StdinOnce", false);
	write_list(w, "Env", &c->env, c->env.count > 0);
	write_list(w, "Cmd", &c->cmd, c->has_cmd);
	json_write_text(w, "Image", i->image->parent);
	write_set(w, "Volumes", &c->volumes);
	json_write_text(w, "WorkingDir", text_or_empty(c->working_dir));
	write_list(w, "Entrypoint", &c->entrypoint, c->has_entrypoint);
	write_list(w, "OnBuild", &c->on_build, c->on_build.count > 0);
	if (c->labels.count > 0)
		json_write_map(w, "Labels", &c->labels);
	else
		json_write_text(w, "Labels", NULL);
	if (c->healthcheck_json)
		json_write_raw(w, "Healthcheck", c->healthcheck_json);
	if (!str_is_empty(c->stop_signal))
		json_write_text(w, "StopSignal", c->stop_signal);
	if (c->shell.count > 0)
		json_write_strings(w, "Shell", &c->shell);
	json_end_object(w);
}

/* "busybox:latest"; a digest reference belongs to RepoDigests. */
static void write_references(struct image_inspection *i, const char *key, bool wants_digests)
{
	json_begin_array(&i->w, key);
	for (size_t n = 0; n < i->image->references.count; n++) {
		struct reference reference;
		char familiar[REFERENCE_SIZE * 2];
		AUTO_STR struct str text = { 0 };

		if (reference_parse(i->image->references.items[n], &reference, NULL) < 0 ||
		    (reference.digest[0] != '\0') != wants_digests)
			continue;
		reference_familiar_name(&reference, familiar);
		str_printf(&text, "%s%s%s", familiar, wants_digests ? "@" : ":",
			   wants_digests ? reference.digest : reference.tag);
		json_write_text(&i->w, NULL, str_text(&text));
	}
	json_end_array(&i->w);
}

static void write_graph_driver(struct image_inspection *i)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct strv layers = { 0 };
	struct json_writer *w = &i->w;

	json_begin_object(w, "GraphDriver");
	json_begin_object(w, "Data");
	if (image_layer_paths(&i->engine->state, &i->image->config.diff_ids, &arena, &layers,
			      NULL) == 0) {
		for (size_t n = 1; n < layers.count; n++)
			str_printf(&text, "%s%s/%s", n > 1 ? ":" : "", i->engine->state.root,
				   layers.items[n]);
		if (layers.count > 1)
			json_write_text(w, "LowerDir", str_text(&text));
		str_clear(&text);
		if (layers.count > 0)
			str_printf(&text, "%s/%s", i->engine->state.root, layers.items[0]);
		json_write_text(w, "UpperDir", str_text(&text));
	}
	json_end_object(w);
	json_write_text(w, "Name", i->driver);
	json_end_object(w);
}

static void write_rest(struct image_inspection *i)
{
	struct json_writer *w = &i->w;

	json_write_text(w, "Architecture", text_or_empty(i->image->config.architecture));
	if (!str_is_empty(i->image->config.variant))
		json_write_text(w, "Variant", i->image->config.variant);
	json_write_text(w, "Os", text_or_empty(i->image->config.os));
	json_write_u64(w, "Size", i->image->size);
	json_write_u64(w, "VirtualSize", i->image->size);
	write_graph_driver(i);
	json_begin_object(w, "RootFS");
	json_write_text(w, "Type", "layers");
	json_write_strings(w, "Layers", &i->image->config.diff_ids);
	json_end_object(w);
	json_begin_object(w, "Metadata");
	json_write_text(w, "LastTagTime", "0001-01-01T00:00:00Z");
	json_end_object(w);
}

/* As docker: the image's own, or that of its last step. */
static const char *comment(const struct image_config *c)
{
	const char *last =
		c->history_count > 0 ? c->history[c->history_count - 1].comment : NULL;

	return text_or_empty(str_is_empty(c->comment) ? last : c->comment);
}

static void write_image(struct image_inspection *i)
{
	const struct image_config *c = &i->image->config;
	struct json_writer *w = &i->w;

	json_begin_object(w, NULL);
	json_write_text(w, "Id", i->image->id);
	write_references(i, "RepoTags", false);
	write_references(i, "RepoDigests", true);
	json_write_text(w, "Parent", i->image->parent);
	json_write_text(w, "Comment", comment(c));
	json_write_text(w, "Created", c->created ? c->created : "0001-01-01T00:00:00Z");
	json_write_text(w, "Author", text_or_empty(c->author));
	write_config(i);
	write_rest(i);
	json_end_object(w);
}

/* image_find does not look for names, because a start does not need them. */
static int find_with_references(struct engine *engine, const char *name, struct arena *arena,
				struct image *ret, struct err *e)
{
	struct image *images;
	size_t count;
	int r = image_find(&engine->state, name, arena, ret, e);

	if (r == 0)
		r = image_list(&engine->state, false, arena, &images, &count, e);
	for (size_t i = 0; r == 0 && i < count; i++)
		if (strcmp(images[i].id, ret->id) == 0)
			ret->references = images[i].references;
	return r;
}

int engine_image_inspect(struct engine *engine, const char *name, struct json_object **ret,
			 struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct image image;
	struct image_inspection inspection = { .engine = engine,
					       .image = &image,
					       .w = { .out = &text } };
	int r = find_with_references(engine, name, &arena, &image, e);

	if (r == 0)
		r = engine_driver_name(engine, &inspection.driver, e);
	if (r < 0)
		return r;
	write_image(&inspection);
	if (str_ok(&text) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "no memory for an image");
	return json_parse(text.data, text.len, (size_t)2 * IMAGE_CONFIG_MAX, "image", ret, e);
}
