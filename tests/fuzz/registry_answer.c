/* What a token service answers, and what a registry says is wrong: a token can be part of a header, a sentence can be printed. */
#include <assert.h>

#include "fetch/explain.h"
#include "fetch/token.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	AUTO_STR struct str why = { 0 };
	struct token_answer answer = { 0 };

	str_add_bytes(&text, data, size);
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
