/*
 * See json_scan.h.
 *
 * Recursive descent with a counted depth. Keys of all objects go into one hash table as
 * (object, bytes), with a seed that the document's author cannot know and a bound on the
 * probes, so that no document is slow.
 *
 * Runs in: cli, image.
 * See: RFC 8259; security of hash tables: CVE-2011-4885 and its siblings.
 */
#include "format/json_scan.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "base/str.h"
#include "format/utf8.h"

/* Most documents have fewer keys than half of the first: those need no memory of their own. */
enum { KEYS_FIRST = 64, PROBES_MAX = 4096 };

struct scan_key {
	uint64_t hash;
	const char *text; /* behind the opening quote; NULL: a free slot */
	uint32_t object;
};

struct scan {
	const char *text;
	const char *at;
	const char *end;
	const char *what;
	int depth;
	uint32_t objects;
	uint64_t seed;
	struct scan_key *keys; /* `first`, or allocated */
	size_t key_room;       /* a power of two */
	size_t key_count;
	struct err *e;
	struct scan_key first[KEYS_FIRST];
};

static int scan_value(struct scan *s);

static int scan_fail(struct scan *s, const char *at, const char *sentence)
{
	size_t line = 1;
	const char *start = s->text;

	for (const char *c = s->text; c < at; c++) {
		if (*c == '\n') {
			line++;
			start = c + 1;
		}
	}
	return err_set(s->e, ERR_INVALID, -EINVAL, "%s: line %zu, column %zu: %s", s->what,
		       line, (size_t)(at - start) + 1, sentence);
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

static bool take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Four hex digits at `at`, or -1. */
static int hex_unit(const char *at, const char *end)
{
	int unit = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_value(at[i]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

size_t json_scan_char(const char **at, const char *end, char out[4])
{
	static const char escapes[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *escape;
	size_t n;
	int unit;

	if (**at != '\\') {
		n = (unsigned char)**at < 0x20 ? 0 : utf8_len(*at, (size_t)(end - *at));
		memcpy(out, *at, n);
		*at += n;
		return n;
	}
	if (end - *at < 2)
		return 0;
	if ((*at)[1] != 'u') {
		escape = (*at)[1] ? strchr(escapes, (*at)[1]) : NULL;
		if (!escape)
			return 0;
		out[0] = meanings[escape - escapes];
		*at += 2;
		return 1;
	}
	unit = hex_unit(*at + 2, end);
	if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff))
		return 0;
	if (unit >= 0xd800 && unit <= 0xdbff) {
		int low = end - *at >= 12 && (*at)[6] == '\\' && (*at)[7] == 'u'
				  ? hex_unit(*at + 8, end)
				  : -1;

		if (low < 0xdc00 || low > 0xdfff)
			return 0;
		*at += 12;
		return utf8_put(0x10000U + ((unsigned int)(unit - 0xd800) << 10) +
					(unsigned int)(low - 0xdc00),
				out);
	}
	*at += 6;
	return utf8_put((unsigned int)unit, out);
}

static uint64_t hash_add(uint64_t hash, char c)
{
	return (hash ^ (uint8_t)c) * 0x100000001b3U;
}

/* A character of ASCII that stands for itself: nearly all of them. */
static bool is_plain(char c)
{
	return (signed char)c >= 0x20 && c != '"' && c != '\\';
}

static uint64_t scan_plain(struct scan *s, bool is_key, uint64_t hash)
{
	const char *at = s->at;

	for (; at < s->end && is_plain(*at); at++)
		if (is_key)
			hash = hash_add(hash, *at);
	s->at = at;
	return hash;
}

/* The string behind its opening quote; with `ret_hash` as a key. */
static int scan_string(struct scan *s, uint64_t *ret_hash)
{
	uint64_t hash = s->seed;
	char out[4];

	for (;;) {
		const char *from;
		size_t n;

		hash = scan_plain(s, ret_hash != NULL, hash);
		if (s->at == s->end || *s->at == '"')
			break;
		from = s->at;
		n = json_scan_char(&s->at, s->end, out);
		if (n == 0)
			return scan_fail(s, from,
					 "invalid character, escape or UTF-8 in a string");
		if (!ret_hash)
			continue;
		if (out[0] == '\0')
			return scan_fail(s, from, "NUL in a key");
		for (size_t i = 0; i < n; i++)
			hash = hash_add(hash, out[i]);
	}
	if (!take(s, '"'))
		return scan_fail(s, s->at, "the string does not end");
	if (ret_hash)
		*ret_hash = hash ^ hash >> 29;
	return 0;
}

/* Equal after decoding? Both are known to be well-formed. */
static bool key_equal(const struct scan *s, const char *a, const char *b)
{
	char left[4];
	char right[4];

	while (*a != '"' && *b != '"') {
		size_t n = json_scan_char(&a, s->end, left);

		if (json_scan_char(&b, s->end, right) != n || memcmp(left, right, n) != 0)
			return false;
	}
	return *a == '"' && *b == '"';
}

/* The slot of this key, or the free one where it belongs; NULL after too many probes. */
static struct scan_key *key_slot(const struct scan *s, const struct scan_key *key)
{
	size_t mask = s->key_room - 1;

	for (size_t probe = 0; probe < PROBES_MAX; probe++) {
		struct scan_key *slot =
			&s->keys[(key->hash + key->object * 0x9e3779b97f4a7c15U + probe) &
				 mask];

		if (!slot->text)
			return slot;
		if (slot->hash == key->hash && slot->object == key->object &&
		    key_equal(s, slot->text, key->text))
			return slot;
		if (probe == mask)
			break;
	}
	return NULL;
}

static void keys_free(const struct scan *s, struct scan_key *keys)
{
	if (keys != s->first)
		free(keys);
}

static int keys_grow(struct scan *s)
{
	struct scan_key *old = s->keys;
	size_t old_room = s->key_room;

	s->key_room = old_room * 2;
	s->keys = calloc(s->key_room, sizeof(*s->keys));
	if (!s->keys) {
		s->keys = old;
		s->key_room = old_room;
		return err_set(s->e, ERR_INTERNAL, -ENOMEM, "%s: out of memory", s->what);
	}
	for (size_t i = 0; i < old_room; i++) {
		struct scan_key *slot = old[i].text ? key_slot(s, &old[i]) : NULL;

		if (slot)
			*slot = old[i];
	}
	keys_free(s, old);
	return 0;
}

static int scan_key(struct scan *s, uint32_t object)
{
	struct scan_key key = { .text = s->at, .object = object };
	struct scan_key *slot;
	int r = scan_string(s, &key.hash);

	if (r < 0)
		return r;
	if (s->key_count >= s->key_room / 2) {
		r = keys_grow(s);
		if (r < 0)
			return r;
	}
	slot = key_slot(s, &key);
	if (!slot)
		return scan_fail(s, key.text, "too many keys");
	if (slot->text)
		return scan_fail(s, key.text, "duplicate key");
	*slot = key;
	s->key_count++;
	return 0;
}

static int scan_object(struct scan *s)
{
	uint32_t object = s->objects++;
	int r;

	skip_space(s);
	if (take(s, '}'))
		return 0;
	for (;;) {
		skip_space(s);
		if (!take(s, '"'))
			return scan_fail(s, s->at, "expected a key");
		r = scan_key(s, object);
		if (r < 0)
			return r;
		skip_space(s);
		if (!take(s, ':'))
			return scan_fail(s, s->at, "expected ':'");
		r = scan_value(s);
		if (r < 0)
			return r;
		skip_space(s);
		if (take(s, '}'))
			return 0;
		if (!take(s, ','))
			return scan_fail(s, s->at, "expected ',' or '}'");
	}
}

static int scan_array(struct scan *s)
{
	int r;

	skip_space(s);
	if (take(s, ']'))
		return 0;
	for (;;) {
		r = scan_value(s);
		if (r < 0)
			return r;
		skip_space(s);
		if (take(s, ']'))
			return 0;
		if (!take(s, ','))
			return scan_fail(s, s->at, "expected ',' or ']'");
	}
}

static size_t scan_digits(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

/* Does the number `text` fit into int64_t, uint64_t, or (with a fraction or exponent) into a
 * finite double? */
static bool number_fits(const char *text, bool is_integer)
{
	uint64_t magnitude;
	bool is_negative = text[0] == '-';

	if (!is_integer)
		return isfinite(strtod(text, NULL));
	return parse_u64(text + is_negative, 0,
			 is_negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX, &magnitude) == 0;
}

static int scan_number(struct scan *s)
{
	const char *from = s->at;
	char text[JSON_NUMBER_MAX + 1];
	bool is_integer = true;
	bool has_leading_zero;
	size_t digits;
	size_t len;

	(void)take(s, '-');
	has_leading_zero = s->at < s->end && *s->at == '0';
	digits = scan_digits(s);
	if (digits == 0 || (has_leading_zero && digits > 1))
		return scan_fail(s, from, "invalid value");
	if (take(s, '.')) {
		is_integer = false;
		if (scan_digits(s) == 0)
			return scan_fail(s, from, "invalid number");
	}
	if (take(s, 'e') || take(s, 'E')) {
		is_integer = false;
		if (!take(s, '+'))
			(void)take(s, '-');
		if (scan_digits(s) == 0)
			return scan_fail(s, from, "invalid number");
	}
	len = (size_t)(s->at - from);
	if (len > JSON_NUMBER_MAX)
		return scan_fail(s, from, "the number is too long");
	memcpy(text, from, len);
	text[len] = '\0';
	return number_fits(text, is_integer) ? 0
					     : scan_fail(s, from, "the number is out of range");
}

static int scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return scan_fail(s, s->at, "invalid value");
	s->at += len;
	return 0;
}

static int scan_nested(struct scan *s, int (*body)(struct scan *s))
{
	int r;

	if (s->depth == JSON_DEPTH_MAX)
		return scan_fail(s, s->at, "nested too deeply");
	s->at++;
	s->depth++;
	r = body(s);
	s->depth--;
	return r;
}

static int scan_value(struct scan *s)
{
	skip_space(s);
	if (s->at == s->end)
		return scan_fail(s, s->at, "the text ends where a value is expected");
	switch (*s->at) {
	case '{':
		return scan_nested(s, scan_object);
	case '[':
		return scan_nested(s, scan_array);
	case '"':
		s->at++;
		return scan_string(s, NULL);
	case 't':
		return scan_word(s, "true");
	case 'f':
		return scan_word(s, "false");
	case 'n':
		return scan_word(s, "null");
	default:
		return scan_number(s);
	}
}

/* Sixteen random bytes that the kernel gives every program. */
static uint64_t scan_seed(void)
{
	uintptr_t random = getauxval(AT_RANDOM);
	uint64_t seed = 0xcbf29ce484222325U;

	if (random)
		memcpy(&seed, (const void *)random, sizeof(seed));
	return seed;
}

int json_scan(const char *text, size_t len, const char *what, struct err *e)
{
	struct scan s = { .text = text,
			  .at = text,
			  .end = text + len,
			  .what = what,
			  .seed = scan_seed(),
			  .e = e };
	int r;

	s.keys = s.first;
	s.key_room = KEYS_FIRST;
	r = scan_value(&s);
	skip_space(&s);
	if (r == 0 && s.at != s.end)
		r = scan_fail(&s, s.at, "something follows the value");
	keys_free(&s, s.keys);
	return r;
}
