/*
 * See utf8.h.
 *
 * Runs in: cli, image.
 * See: RFC 3629; Unicode 15, table 3-7.
 */
#include "format/utf8.h"

#include <stdint.h>

static bool is_continuation(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/* The second byte decides about overlong forms, surrogates and what is beyond U+10FFFF. */
static bool is_second(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return is_continuation(second);
	}
}

size_t utf8_len(const char *text, size_t len)
{
	const uint8_t *b = (const uint8_t *)text;
	size_t need;

	if (len == 0)
		return 0;
	if (b[0] < 0x80)
		return 1;
	if (b[0] < 0xc2 || b[0] > 0xf4)
		return 0;
	need = b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;
	if (len < need || !is_second(b[0], b[1]))
		return 0;
	for (size_t i = 2; i < need; i++)
		if (!is_continuation(b[i]))
			return 0;
	return need;
}

bool utf8_is_valid(const char *text, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_len(text + i, len - i);
		if (n == 0)
			return false;
	}
	return true;
}

size_t utf8_put(unsigned int rune, char text[4])
{
	if (rune < 0x80) {
		text[0] = (char)rune;
		return 1;
	}
	if (rune < 0x800) {
		text[0] = (char)(0xc0 | rune >> 6);
		text[1] = (char)(0x80 | (rune & 0x3f));
		return 2;
	}
	if (rune < 0x10000) {
		text[0] = (char)(0xe0 | rune >> 12);
		text[1] = (char)(0x80 | (rune >> 6 & 0x3f));
		text[2] = (char)(0x80 | (rune & 0x3f));
		return 3;
	}
	text[0] = (char)(0xf0 | rune >> 18);
	text[1] = (char)(0x80 | (rune >> 12 & 0x3f));
	text[2] = (char)(0x80 | (rune >> 6 & 0x3f));
	text[3] = (char)(0x80 | (rune & 0x3f));
	return 4;
}

size_t utf8_count(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; count++) {
		size_t n = utf8_len(text + i, len - i);

		i += n > 0 ? n : 1;
	}
	return count;
}

unsigned int utf8_rune(const char *text, size_t len)
{
	static const uint8_t first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	unsigned int rune = (uint8_t)text[0] & first_bits[len];

	for (size_t i = 1; i < len; i++)
		rune = rune << 6 | ((uint8_t)text[i] & 0x3f);
	return rune;
}
