/* Instructions, one a line: whatever they make of a configuration can be written and read back.
 */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "fuzz.h"
#include "spec/image_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str out = { 0 };
	struct image_config config = { 0 };
	struct err e = { 0 };
	char *rest = text;
	char *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (image_config_change(&config, &arena, line, &e) < 0 &&
		    image_config_bound(&config, NULL) < 0)
			return 0;
	image_config_emit(&config, &out);
	assert(image_config_parse(str_text(&out), out.len, &arena, &config, &e) == 0);
	return 0;
}
