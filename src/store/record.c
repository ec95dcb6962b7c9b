/*
 * See record.h.
 *
 * Runs in: cli (engine).
 */
#include "store/record.h"

#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "format/json.h"
#include "store/container_dir.h"

#define RECORD_FILE "record.json"

bool record_is_copied(const struct record *record)
{
	return str_equal(record->driver, "vfs");
}

void record_emit(const struct record *record, struct str *out)
{
	struct json_writer w = { .out = out, .omits_null = true };

	json_begin_object(&w, NULL);
	json_write_i64(&w, "version", RECORD_VERSION);
	json_write_text(&w, "id", record->id);
	json_write_text(&w, "name", record->name);
	json_write_u64(&w, "created_ns", record->created_ns);
	json_write_u64(&w, "run", record->run);
	json_write_text(&w, "image_id", record->image_id);
	json_write_text(&w, "driver", record->driver);
	if (record->is_shifted)
		json_write_bool(&w, "shifted", true);
	json_write_strings(&w, "layers", &record->layers);
	json_write_text(&w, "path", record->path);
	json_write_strings(&w, "args", &record->args);
	if (record->start_error) {
		json_write_text(&w, "start_error", record->start_error);
		json_write_i64(&w, "start_exit_code", record->start_exit_code);
	}
	container_config_write(&w, "config", &record->config);
	container_host_config_write(&w, "host_config", &record->config);
	json_end_object(&w);
	str_add_char(out, '\n');
}

static int get_text(struct json_object *o, const char *key, char *to, size_t size,
		    struct arena *arena, struct err *e)
{
	char *text = NULL;
	int r = json_get_string(o, "record", key, arena, &text, e);

	if (r < 0)
		return r;
	if (!text || str_copy(to, size, text) < 0)
		return err_set(e, ERR_INVALID, -EINVAL, "record.%s: missing or too long", key);
	return 0;
}

static int parse_head(struct json_object *o, struct arena *arena, struct record *record,
		      struct err *e)
{
	int64_t version = 0;
	int64_t code = 0;
	int r = json_get_i64(o, "record", "version", 0, INT32_MAX, &version, e);

	if (r == 0 && version != RECORD_VERSION)
		return err_set(e, ERR_INVALID, -EINVAL, "record.version: %lld is not known",
			       (long long)version);
	if (r == 0)
		r = get_text(o, "id", record->id, sizeof(record->id), arena, e);
	if (r == 0 && !id_is_valid(record->id))
		return err_set(e, ERR_INVALID, -EINVAL, "record.id: not an id");
	if (r == 0)
		r = get_text(o, "name", record->name, sizeof(record->name), arena, e);
	if (r == 0)
		r = json_get_u64(o, "record", "created_ns", UINT64_MAX, &record->created_ns, e);
	if (r == 0)
		r = json_get_u64(o, "record", "run", UINT64_MAX, &record->run, e);
	if (r == 0)
		r = json_get_i64(o, "record", "start_exit_code", 0, 255, &code, e);
	record->start_exit_code = (int)code;
	return r;
}

static int parse_rest(struct json_object *o, struct arena *arena, struct record *record,
		      struct err *e)
{
	struct json_object *config = NULL;
	struct json_object *host = NULL;
	int r = json_get_string(o, "record", "image_id", arena, &record->image_id, e);

	if (r == 0)
		r = json_get_string(o, "record", "driver", arena, &record->driver, e);
	if (r == 0)
		r = json_get_bool(o, "record", "shifted", &record->is_shifted, e);
	if (r == 0)
		r = json_get_strings(o, "record", "layers", arena, &record->layers, e);
	if (r == 0)
		r = json_get_string(o, "record", "path", arena, &record->path, e);
	if (r == 0)
		r = json_get_strings(o, "record", "args", arena, &record->args, e);
	if (r == 0)
		r = json_get_string(o, "record", "start_error", arena, &record->start_error, e);
	if (r == 0)
		r = json_get_object(o, "record", "config", &config, e);
	if (r == 0)
		r = json_get_object(o, "record", "host_config", &host, e);
	if (r < 0)
		return r;
	if (!config || !host)
		return err_set(e, ERR_INVALID, -EINVAL, "record.%s: missing",
			       config ? "host_config" : "config");
	return container_config_from_json(config, host, arena, &record->config, e);
}

int record_parse(const char *json, size_t len, struct arena *arena, struct record *ret,
		 struct err *e)
{
	AUTO_JSON struct json_object *o = NULL;
	struct record record = { 0 };
	int r = json_parse(json, len, RECORD_MAX, "record", &o, e);

	if (r == 0 && !json_object_is_type(o, json_type_object))
		r = err_set(e, ERR_INVALID, -EINVAL, "record: not an object");
	if (r == 0)
		r = parse_head(o, arena, &record, e);
	if (r == 0)
		r = parse_rest(o, arena, &record, e);
	if (r == 0)
		r = arena_ok(arena);
	if (r < 0)
		return r;
	*ret = record;
	return 0;
}

int record_write(int container_fd, const struct record *record, struct err *e)
{
	AUTO_STR struct str text = { 0 };
	int r;

	record_emit(record, &text);
	r = str_ok(&text);
	if (r == 0)
		r = file_replace(container_fd, RECORD_FILE, text.data, text.len, 0600,
				 record->config.auto_remove ? FILE_FAST : FILE_DURABLE);
	return r < 0 ? err_sys(e, r, "write the record of container %.12s", record->id) : 0;
}

int record_read(const struct state *state, const char *id, struct arena *arena,
		struct record *ret, struct err *e)
{
	char path[CONTAINER_PATH_SIZE];
	AUTO_FREE char *text = NULL;
	size_t len;
	int r;

	container_path(path, DIR_CONTAINERS, id, RECORD_FILE);
	r = file_read(state->root_fd, path, RECORD_MAX, &text, &len);
	if (r == -ENOENT) {
		container_path(path, DIR_CONTAINERS, id, NULL);
		if (faccessat(state->root_fd, path, F_OK, 0) < 0)
			return err_set(e, ERR_NOT_FOUND, -ENOENT, "No such container: %s", id);
		r = -EBADMSG;
	}
	if (r < 0)
		return err_set(e, ERR_INTERNAL, -EBADMSG,
			       "container %.12s is damaged: its record cannot be read: %s", id,
			       strerror(-r));
	r = record_parse(text, len, arena, ret, e);
	if (r == -ENOMEM)
		return r;
	if (r == 0 && strcmp(ret->id, id) != 0)
		r = err_set(e, ERR_INTERNAL, -EBADMSG, "the record is that of %.12s", ret->id);
	return r < 0 ? err_wrap(e, -EBADMSG, "container %.12s is damaged", id) : 0;
}
