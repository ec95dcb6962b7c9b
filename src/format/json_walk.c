/*
 * See json_walk.h. What is read here was accepted by json_scan, so that no end has to be looked
 * for: a string ends with its quote, a container with its bracket.
 *
 * Runs in: runtime.
 */
#include "format/json_walk.h"

#include <assert.h>
#include <string.h>

#include "format/json_scan.h"

static void skip_space(struct json_walk *walk)
{
	while (*walk->at == ' ' || *walk->at == '\n' || *walk->at == '\t' || *walk->at == '\r')
		walk->at++;
}

int json_walk_begin(const char *text, size_t len, size_t max, const char *what,
		    struct json_walk *ret, struct err *e)
{
	int r;

	if (len > max)
		return err_set(e, ERR_INVALID, -EFBIG, "%s: larger than %zu bytes", what, max);
	r = json_scan(text, len, what, e);
	if (r < 0)
		return r;
	ret->at = text;
	skip_space(ret);
	return 0;
}

enum json_kind json_kind(const struct json_walk *walk)
{
	switch (*walk->at) {
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case '"':
		return JSON_STRING;
	case 't':
	case 'f':
		return JSON_BOOLEAN;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

const char *json_kind_text(enum json_kind kind)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",	    [JSON_BOOLEAN] = "a boolean",
		[JSON_NUMBER] = "a number", [JSON_STRING] = "a string",
		[JSON_ARRAY] = "an array",  [JSON_OBJECT] = "an object",
	};

	return names[kind];
}

/* --- going on ----------------------------------------------------------------------------- */

static void skip_string(struct json_walk *walk)
{
	struct json_text unwanted;

	json_take_text(walk, &unwanted);
}

/* Brackets are counted: those in strings are gone past with their string. */
static void skip_container(struct json_walk *walk)
{
	size_t depth = 0;

	do {
		char c = *walk->at;

		if (c == '"') {
			skip_string(walk);
			continue;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		walk->at++;
	} while (depth > 0);
}

static bool is_in_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' ||
	       c == 'E';
}

void json_skip(struct json_walk *walk)
{
	struct json_integer unwanted;

	switch (json_kind(walk)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		skip_container(walk);
		break;
	case JSON_STRING:
		skip_string(walk);
		break;
	case JSON_NUMBER:
		(void)json_take_integer(walk, &unwanted);
		break;
	case JSON_BOOLEAN:
		(void)json_take_boolean(walk);
		break;
	case JSON_NULL:
		walk->at += strlen("null");
		break;
	}
}

void json_enter(struct json_walk *walk)
{
	assert(*walk->at == '{' || *walk->at == '[');
	walk->at++;
}

bool json_next_item(struct json_walk *walk)
{
	skip_space(walk);
	if (*walk->at == ']' || *walk->at == '}') {
		walk->at++;
		return false;
	}
	if (*walk->at == ',') {
		walk->at++;
		skip_space(walk);
	}
	return true;
}

bool json_next_member(struct json_walk *walk, struct json_text *ret_key)
{
	if (!json_next_item(walk))
		return false;
	json_take_text(walk, ret_key);
	skip_space(walk);
	assert(*walk->at == ':');
	walk->at++;
	skip_space(walk);
	return true;
}

/* --- taking ------------------------------------------------------------------------------- */

void json_take_text(struct json_walk *walk, struct json_text *ret)
{
	const char *c = walk->at + 1;

	assert(*walk->at == '"');
	*ret = (struct json_text){ .raw = c };
	while (*c != '"') {
		if (*c == '\\') {
			ret->has_escapes = true;
			c++;
		}
		c++;
	}
	ret->len = (size_t)(c - ret->raw);
	walk->at = c + 1;
}

bool json_take_boolean(struct json_walk *walk)
{
	bool value = *walk->at == 't';

	assert(json_kind(walk) == JSON_BOOLEAN);
	walk->at += value ? strlen("true") : strlen("false");
	return value;
}

bool json_take_integer(struct json_walk *walk, struct json_integer *ret)
{
	bool is_integer = true;

	*ret = (struct json_integer){ .is_negative = *walk->at == '-' };
	walk->at += ret->is_negative;
	/* A number may be the last of the text, which has no NUL behind it then: but whoever
	 * takes one stands in a container, or asked for the kind of the document first. */
	for (; is_in_number(*walk->at); walk->at++) {
		if (*walk->at < '0' || *walk->at > '9')
			is_integer = false;
		else if (is_integer)
			ret->magnitude = ret->magnitude * 10 + (uint64_t)(*walk->at - '0');
	}
	return is_integer;
}

/* --- texts -------------------------------------------------------------------------------- */

static size_t decode(const struct json_text *text, char *to)
{
	const char *at = text->raw;
	const char *end = text->raw + text->len;
	size_t len = 0;

	while (at < end)
		len += json_scan_char(&at, end, to + len);
	return len;
}

bool json_text_is(const struct json_text *text, const char *plain)
{
	size_t len = strlen(plain);
	const char *at = text->raw;
	const char *end = text->raw + text->len;
	char out[4];

	if (!text->has_escapes)
		return text->len == len && memcmp(text->raw, plain, len) == 0;
	while (at < end) {
		size_t n = json_scan_char(&at, end, out);

		if (strncmp(plain, out, n) != 0)
			return false;
		plain += n;
	}
	return *plain == '\0';
}

int json_text_copy(const struct json_text *text, struct arena *arena, char **ret)
{
	size_t len = text->len;
	char *copy;

	/* What is decoded is never longer than its escapes; four bytes more for the last. */
	copy = arena_alloc(arena, len + 5);
	if (!copy)
		return -ENOMEM;
	if (text->has_escapes)
		len = decode(text, copy);
	else
		memcpy(copy, text->raw, len);
	if (memchr(copy, '\0', len))
		return -EINVAL;
	copy[len] = '\0';
	*ret = copy;
	return 0;
}
