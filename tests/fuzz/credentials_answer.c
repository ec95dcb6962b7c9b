/* What a credential helper prints becomes credentials that can be sent, or is refused. */
#include <assert.h>
#include <string.h>

#include "fuzz.h"
#include "image/credentials_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	AUTO_STR struct str text = { .is_secret = true };
	struct registry_credentials found = { 0 };

	str_add_bytes(&text, data, size);
	if (credentials_answer_read(str_text(&text), text.len, "f", &arena, &found, NULL) < 0)
		return 0;
	assert(!found.user || !strchr(found.user, ':'));
	for (const char *c = found.identity_token; c && *c; c++)
		assert(*c > ' ' && *c <= '~');
	return 0;
}
