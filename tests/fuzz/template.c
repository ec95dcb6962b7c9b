/* Any template ends, within its bounds. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/json.h"
#include "format/template.h"
#include "fuzz.h"

static const char document[] = "{\"Id\":\"0123456789abcdef\",\"Name\":\"/"
			       "web\",\"State\":{\"Running\":true,\"Pid\":42,\"Error\":\"\"},"
			       "\"Labels\":{\"b.c\":\"two\",\"a\":\"one\"},\"Null\":null,"
			       "\"Empty\":{},\"Big\":18446744073709551615,\"Half\":0.5,"
			       "\"Mounts\":[{\"Source\":\"/a\",\"RW\":true},{\"Source\":\"/"
			       "b\"}],\"Mixed\":[1,\"x\",null,true,{\"k\":[]}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);
	AUTO_JSON struct json_object *value = NULL;
	AUTO_STR struct str out = { 0 };
	struct template *template = NULL;
	struct err e = { 0 };

	if (!text || template_parse(text, &template, &e) < 0) {
		assert(e.kind == ERR_INVALID &&
		       strncmp(e.text, "template parsing error: ", 24) == 0);
		return 0;
	}
	assert(json_parse(document, sizeof(document) - 1, sizeof(document), "fuzz", &value,
			  NULL) == 0);
	if (template_run(template, value, &out, &e) < 0)
		assert(e.kind == ERR_INVALID &&
		       strncmp(e.text, "template parsing error: ", 24) == 0);
	template_free(template);
	return 0;
}
