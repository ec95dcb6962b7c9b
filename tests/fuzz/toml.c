/* A document that is accepted is a tree without loops, within the limits, whose keys stand once
 * in each table and whose lines are lines of the document. */
#include <assert.h>
#include <string.h>

#include "base/fd.h"
#include "format/toml.h"
#include "fuzz.h"

enum { SIZE_MAX_READ = 1 << 16 };

static size_t count_values(const struct toml *value, unsigned int lines, int depth)
{
	size_t n = 1;

	/* A key's parts and the nesting of its value add up, for each side of an array. */
	assert(depth < TOML_DEPTH_MAX * TOML_DEPTH_MAX);
	assert(value->line >= 1 && value->line <= lines);
	if (value->kind == TOML_TEXT)
		assert(value->text);
	for (const struct toml *child = value->first; child; child = child->next) {
		assert(value->kind == TOML_ARRAY || value->kind == TOML_TABLE);
		assert((value->kind == TOML_TABLE) == (child->key != NULL));
		if (child->key)
			assert(toml_get(value, child->key) == child);
		assert(child->next || value->last == child);
		n += count_values(child, lines, depth + 1);
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_FREE char *text = malloc(size ? size : 1); /* a byte too far is found */
	const struct toml *document = NULL;
	unsigned int lines = 1;
	struct err e = { 0 };

	if (!text)
		return 0;
	memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	if (toml_parse(text, size, SIZE_MAX_READ, "f", &arena, &document, &e) < 0) {
		assert(e.text[0] && !document);
		return 0;
	}
	assert(count_values(document, lines, 0) <= TOML_VALUES_MAX + 1);
	return 0;
}
