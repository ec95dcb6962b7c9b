/* What json_parse accepts is printed, and read back the same. */
#include <assert.h>
#include <string.h>

#include "format/json.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_JSON struct json_object *first = NULL;
	AUTO_JSON struct json_object *second = NULL;
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str again = { 0 };
	AUTO_STR struct str pretty = { 0 };
	struct err e = { 0 };

	if (json_parse((const char *)data, size, 1024 * 1024, "fuzz", &first, &e) < 0) {
		assert(e.kind == ERR_INVALID && e.text[0]);
		return 0;
	}
	json_compact(first, &text);
	json_pretty(first, &pretty);
	assert(json_parse(text.data, text.len, 8 * 1024 * 1024, "fuzz", &second, NULL) == 0);
	json_compact(second, &again);
	assert(strcmp(str_text(&text), str_text(&again)) == 0);
	return 0;
}
