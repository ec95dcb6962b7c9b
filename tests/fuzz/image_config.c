/* An image config that is accepted, and emitted, is accepted again and emitted the same. */
#include <assert.h>
#include <string.h>

#include "format/json.h"
#include "fuzz.h"
#include "spec/image_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str again = { 0 };
	struct image_config config;
	struct err e = { 0 };

	if (image_config_parse((const char *)data, size, &arena, &config, &e) < 0) {
		assert(e.kind == ERR_INVALID && e.text[0]);
		return 0;
	}
	image_config_emit(&config, &text);
	assert(image_config_parse(str_text(&text), text.len, &arena, &config, &e) == 0);
	image_config_emit(&config, &again);
	assert(strcmp(str_text(&text), str_text(&again)) == 0);
	return 0;
}
