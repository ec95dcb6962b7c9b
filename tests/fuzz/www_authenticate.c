/* Challenges stay within their number, and no text in them has a control character. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/www_authenticate.h"
#include "fuzz.h"

static void check(const char *text)
{
	for (; text && *text; text++)
		assert((unsigned char)*text >= ' ' && *text != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = strndup((const char *)data, size);
	AUTO_ARENA struct arena arena = { 0 };
	struct challenges challenges = { 0 };

	(void)www_authenticate_parse(text, &arena, &challenges);
	assert(challenges.count <= CHALLENGES_MAX);
	for (size_t i = 0; i < challenges.count; i++) {
		check(challenges.items[i].realm);
		check(challenges.items[i].service);
		check(challenges.items[i].scope);
		check(challenges.items[i].error);
	}
	return 0;
}
