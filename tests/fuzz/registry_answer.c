/* What a token service answers, what a registry says is wrong and what it warns of: a token can be part of a header, a sentence can be
 * printed, and the texts of a header are shorter than it is. */
#include <assert.h>
#include <string.h>

#include "fetch/explain.h"
#include "fetch/token.h"
#include "format/warning.h"
#include "fuzz.h"

static void warnings(const struct str *header)
{
	AUTO_ARENA struct arena arena = { 0 };
	struct strv texts = { 0 };
	size_t len = 0;

	assert(warning_parse(str_text(header), &arena, &texts) == 0);
	for (size_t i = 0; i < texts.count; i++) {
		assert(texts.items[i][0]);
		len += strlen("299 - ") + strlen(texts.items[i]);
	}
	assert(len <= strlen(str_text(header)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str why = { 0 };
	struct token_answer answer = { 0 };

	str_add_bytes(&text, data, size);
	warnings(&text);
	explain_body(&text, &why);
	for (const char *c = str_text(&why); *c; c++)
		assert((unsigned char)*c >= ' ' && *c != 0x7f);
	if (token_answer_parse(str_text(&text), text.len, &arena, &answer, NULL) < 0)
		return 0;
	assert(answer.token && answer.token[0] && answer.lasts_s > 0);
	for (const char *c = answer.token; *c; c++)
		assert(*c > ' ' && *c <= '~');
	return 0;
}
