/* {"Config": ..., "HostConfig": ...}: what is accepted, and written, is accepted again and
 * written the same. */
#include <assert.h>
#include <string.h>

#include "format/json.h"
#include "fuzz.h"
#include "spec/container_config.h"

static int config_read(const char *text, size_t len, struct arena *arena,
		       struct container_config *ret, struct err *e)
{
	AUTO_JSON struct json_object *root = NULL;
	struct json_object *config = NULL;
	struct json_object *host = NULL;
	int r = json_parse(text, len, 8 * 1024 * 1024, "fuzz", &root, e);

	if (r == 0)
		r = json_get_object(root, "", "Config", &config, e);
	if (r == 0)
		r = json_get_object(root, "", "HostConfig", &host, e);
	return r < 0 ? r : container_config_from_json(config, host, arena, ret, e);
}

static void config_write(const struct container_config *config, struct str *out)
{
	struct json_writer w = { .out = out };

	json_begin_object(&w, NULL);
	container_config_write(&w, "Config", config);
	container_host_config_write(&w, "HostConfig", config);
	json_end_object(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str again = { 0 };
	struct container_config config;
	struct err e = { 0 };

	if (config_read((const char *)data, size, &arena, &config, &e) < 0) {
		assert(e.kind == ERR_INVALID && e.text[0]);
		return 0;
	}
	config_write(&config, &text);
	assert(config_read(str_text(&text), text.len, &arena, &config, &e) == 0);
	config_write(&config, &again);
	assert(strcmp(str_text(&text), str_text(&again)) == 0);
	return 0;
}
