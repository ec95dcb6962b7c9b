/*
 * See image_config.h. Changes by Dockerfile instructions are in image_change.c.
 *
 * Runs in: cli (engine), image.
 * See: OCI image-spec config.md.
 */
#include "spec/image_config.h"

#include <string.h>

#include "format/digest.h"
#include "format/json.h"

/* Is the member there, and not null? */
static bool has_member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	return o && json_object_object_get_ex(o, key, &value) && value;
}

int image_config_bound(const struct image_config *config, struct err *e)
{
	const struct {
		const char *name;
		size_t count;
	} lists[] = {
		{ "Env", config->env.count },
		{ "Entrypoint", config->entrypoint.count },
		{ "Cmd", config->cmd.count },
		{ "ExposedPorts", config->exposed_ports.count },
		{ "Volumes", config->volumes.count },
		{ "Labels", config->labels.count },
		{ "Shell", config->shell.count },
		{ "OnBuild", config->on_build.count },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i].count > IMAGE_ITEMS_MAX)
			return err_set(e, ERR_INVALID, -EINVAL, "config.%s: more than %d items",
				       lists[i].name, IMAGE_ITEMS_MAX);
	return 0;
}

static int parse_execution(struct json_object *o, struct arena *arena,
			   struct image_config *config, struct err *e)
{
	struct json_object *healthcheck = NULL;
	AUTO_STR struct str text = { 0 };
	int r;

	if ((r = json_get_string(o, "config", "User", arena, &config->user, e)) < 0 ||
	    (r = json_get_strings(o, "config", "Env", arena, &config->env, e)) < 0 ||
	    (r = json_get_strings(o, "config", "Entrypoint", arena, &config->entrypoint, e)) <
		    0 ||
	    (r = json_get_strings(o, "config", "Cmd", arena, &config->cmd, e)) < 0 ||
	    (r = json_get_string(o, "config", "WorkingDir", arena, &config->working_dir, e)) <
		    0 ||
	    (r = json_get_set(o, "config", "ExposedPorts", arena, &config->exposed_ports, e)) <
		    0 ||
	    (r = json_get_set(o, "config", "Volumes", arena, &config->volumes, e)) < 0 ||
	    (r = json_get_map(o, "config", "Labels", arena, &config->labels, e)) < 0 ||
	    (r = json_get_string(o, "config", "StopSignal", arena, &config->stop_signal, e)) <
		    0 ||
	    (r = json_get_strings(o, "config", "Shell", arena, &config->shell, e)) < 0 ||
	    (r = json_get_strings(o, "config", "OnBuild", arena, &config->on_build, e)) < 0 ||
	    (r = json_get_object(o, "config", "Healthcheck", &healthcheck, e)) < 0)
		return r;
	config->has_entrypoint = has_member(o, "Entrypoint");
	config->has_cmd = has_member(o, "Cmd");
	if (healthcheck) {
		json_compact(healthcheck, &text);
		config->healthcheck_json = arena_copy(arena, str_text(&text));
	}
	return str_ok(&text) < 0 ? err_set(e, ERR_INTERNAL, -ENOMEM, "out of memory")
				 : image_config_bound(config, e);
}

static int parse_layers(struct json_object *rootfs, struct arena *arena,
			struct image_config *config, struct err *e)
{
	struct json_object *ids;
	char *type = NULL;
	int r = json_get_string(rootfs, "rootfs", "type", arena, &type, e);

	if (r < 0)
		return r;
	if (!str_equal(type, "layers"))
		return err_set(e, ERR_INVALID, -EINVAL, "rootfs.type: expected \"layers\"");
	r = json_get_array(rootfs, "rootfs", "diff_ids", IMAGE_LAYERS_MAX, &ids, e);
	if (r == 0)
		r = json_get_strings(rootfs, "rootfs", "diff_ids", arena, &config->diff_ids, e);
	if (r < 0)
		return r;
	for (size_t i = 0; i < config->diff_ids.count; i++)
		if (!digest_is_valid(config->diff_ids.items[i]))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "rootfs.diff_ids: \"%.200s\" %s",
				       config->diff_ids.items[i],
				       digest_complaint(config->diff_ids.items[i]));
	return 0;
}

static int parse_step(struct json_object *o, struct arena *arena, struct image_history *step,
		      struct err *e)
{
	int r;

	if (!json_object_is_type(o, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "history: expected objects");
	if ((r = json_get_string(o, "history", "created", arena, &step->created, e)) < 0 ||
	    (r = json_get_string(o, "history", "author", arena, &step->author, e)) < 0 ||
	    (r = json_get_string(o, "history", "created_by", arena, &step->created_by, e)) <
		    0 ||
	    (r = json_get_string(o, "history", "comment", arena, &step->comment, e)) < 0)
		return r;
	return json_get_bool(o, "history", "empty_layer", &step->is_empty_layer, e);
}

static int parse_history(struct json_object *root, struct arena *arena,
			 struct image_config *config, struct err *e)
{
	struct json_object *steps;
	int r = json_get_array(root, "", "history", IMAGE_HISTORY_MAX, &steps, e);

	if (r < 0 || !steps)
		return r;
	config->history_count = json_object_array_length(steps);
	config->history = arena_array(arena, config->history_count, sizeof(*config->history));
	if (!config->history)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "history: out of memory");
	for (size_t i = 0; i < config->history_count; i++) {
		r = parse_step(json_object_array_get_idx(steps, i), arena, &config->history[i],
			       e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_root(struct json_object *root, struct arena *arena,
		      struct image_config *config, struct err *e)
{
	struct json_object *execution;
	struct json_object *rootfs;
	int r;

	if (!json_object_is_type(root, json_type_object))
		return err_set(e, ERR_INVALID, -EINVAL, "expected an object");
	if ((r = json_get_string(root, "", "created", arena, &config->created, e)) < 0 ||
	    (r = json_get_string(root, "", "author", arena, &config->author, e)) < 0 ||
	    (r = json_get_string(root, "", "architecture", arena, &config->architecture, e)) <
		    0 ||
	    (r = json_get_string(root, "", "variant", arena, &config->variant, e)) < 0 ||
	    (r = json_get_string(root, "", "os", arena, &config->os, e)) < 0 ||
	    (r = json_get_string(root, "", "comment", arena, &config->comment, e)) < 0 ||
	    (r = json_get_object(root, "", "config", &execution, e)) < 0 ||
	    (r = json_get_object(root, "", "rootfs", &rootfs, e)) < 0 ||
	    (r = parse_execution(execution, arena, config, e)) < 0 ||
	    (r = parse_layers(rootfs, arena, config, e)) < 0)
		return r;
	return parse_history(root, arena, config, e);
}

int image_config_parse(const char *json, size_t len, struct arena *arena,
		       struct image_config *ret, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	struct image_config config = { 0 };
	int r = json_parse(json, len, IMAGE_CONFIG_MAX, "image config", &root, e);

	if (r < 0)
		return r;
	r = parse_root(root, arena, &config, e);
	if (r < 0)
		return err_wrap(e, r, "image config");
	if (arena_ok(arena) < 0)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "image config: out of memory");
	*ret = config;
	return 0;
}

static void emit_text(struct json_writer *w, const char *key, const char *text)
{
	if (!str_is_empty(text))
		json_write_text(w, key, text);
}

static void emit_strings(struct json_writer *w, const char *key, const struct strv *v,
			 bool is_present)
{
	if (is_present)
		json_write_strings(w, key, v);
}

static void emit_execution(struct json_writer *w, const struct image_config *config)
{
	json_begin_object(w, "config");
	emit_text(w, "User", config->user);
	if (config->exposed_ports.count > 0)
		json_write_set(w, "ExposedPorts", &config->exposed_ports);
	emit_strings(w, "Env", &config->env, config->env.count > 0);
	emit_strings(w, "Entrypoint", &config->entrypoint, config->has_entrypoint);
	emit_strings(w, "Cmd", &config->cmd, config->has_cmd);
	if (config->healthcheck_json)
		json_write_raw(w, "Healthcheck", config->healthcheck_json);
	if (config->volumes.count > 0)
		json_write_set(w, "Volumes", &config->volumes);
	emit_text(w, "WorkingDir", config->working_dir);
	if (config->labels.count > 0)
		json_write_map(w, "Labels", &config->labels);
	emit_strings(w, "OnBuild", &config->on_build, config->on_build.count > 0);
	emit_text(w, "StopSignal", config->stop_signal);
	emit_strings(w, "Shell", &config->shell, config->shell.count > 0);
	json_end_object(w);
}

static void emit_history(struct json_writer *w, const struct image_config *config)
{
	json_begin_array(w, "history");
	for (size_t i = 0; i < config->history_count; i++) {
		const struct image_history *step = &config->history[i];

		json_begin_object(w, NULL);
		emit_text(w, "created", step->created);
		emit_text(w, "author", step->author);
		emit_text(w, "created_by", step->created_by);
		emit_text(w, "comment", step->comment);
		if (step->is_empty_layer)
			json_write_bool(w, "empty_layer", true);
		json_end_object(w);
	}
	json_end_array(w);
}

void image_config_emit(const struct image_config *config, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	emit_text(&w, "created", config->created);
	emit_text(&w, "author", config->author);
	json_write_text(&w, "architecture", config->architecture ? config->architecture : "");
	emit_text(&w, "variant", config->variant);
	json_write_text(&w, "os", config->os ? config->os : "");
	emit_text(&w, "comment", config->comment);
	emit_execution(&w, config);
	json_begin_object(&w, "rootfs");
	json_write_text(&w, "type", "layers");
	json_write_strings(&w, "diff_ids", &config->diff_ids);
	json_end_object(&w);
	emit_history(&w, config);
	json_end_object(&w);
}
