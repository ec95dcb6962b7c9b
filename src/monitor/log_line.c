/*
 * See log_line.h.
 *
 * Runs in: monitor.
 */
#include "monitor/log_line.h"

#include <stdint.h>
#include <string.h>

static const char hex[] = "0123456789abcdef";

static char *put_text(char *to, const char *text, size_t len)
{
	memcpy(to, text, len);
	return to + len;
}

#define PUT(to, literal) put_text(to, literal, sizeof(literal) - 1)

/* How many bytes the character that `first` begins has; 0: no character begins so. */
static size_t utf8_expected(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

/* The second byte of a character, which also rules out surrogates, overlong forms and what is
 * above U+10FFFF. */
static bool utf8_is_second(uint8_t first, uint8_t second)
{
	uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

/* The length of the character at `s`, or 0 when it is none. */
static size_t utf8_len(const uint8_t *s, size_t len)
{
	size_t expected = utf8_expected(s[0]);

	if (expected > len || (expected > 1 && !utf8_is_second(s[0], s[1])))
		return 0;
	for (size_t i = 2; i < expected; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return expected;
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<' && c != '>' &&
	       c != '&';
}

static char *put_ascii(char *to, uint8_t c)
{
	if (c == '"' || c == '\\') {
		*to++ = '\\';
		*to++ = (char)c;
		return to;
	}
	if (c == '\n')
		return PUT(to, "\\n");
	if (c == '\r')
		return PUT(to, "\\r");
	to = PUT(to, "\\u00");
	*to++ = hex[c >> 4];
	*to++ = hex[c & 15];
	return to;
}

/* U+2028 and U+2029 end a line in JavaScript. */
static bool is_line_separator(const uint8_t *s, size_t len)
{
	return len == 3 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] & 0xfe) == 0xa8;
}

/* What is no plain character. Returns how many bytes of `s` it was. */
static size_t put_special(char **to, const uint8_t *s, size_t len)
{
	size_t n = utf8_len(s, len);

	if (n == 0)
		*to = PUT(*to, "\\ufffd");
	else if (n == 1)
		*to = put_ascii(*to, s[0]);
	else if (is_line_separator(s, n))
		*to = s[2] == 0xa8 ? PUT(*to, "\\u2028") : PUT(*to, "\\u2029");
	else
		*to = put_text(*to, (const char *)s, n);
	return n == 0 ? 1 : n;
}

/* The one loop that sees each byte of output: faster than small. */
__attribute__((optimize("O2"))) static char *put_escaped(char *to, const uint8_t *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		if (is_plain(s[i]))
			*to++ = (char)s[i++];
		else
			i += put_special(&to, s + i, len - i);
	}
	return to;
}

size_t log_line_format(char *to, const char *text, size_t len, bool is_whole,
		       const char *stream, const char *stamp)
{
	char *at = PUT(to, "{\"log\":\"");

	at = put_escaped(at, (const uint8_t *)text, len);
	if (is_whole)
		at = PUT(at, "\\n");
	at = PUT(at, "\",\"stream\":\"");
	at = put_text(at, stream, strlen(stream));
	at = PUT(at, "\",\"time\":\"");
	at = put_text(at, stamp, strlen(stamp));
	at = PUT(at, "\"}\n");
	return (size_t)(at - to);
}

size_t log_line_cut(const char *text, size_t len)
{
	const uint8_t *s = (const uint8_t *)text;

	for (size_t back = 1; back <= 3 && back <= len; back++) {
		uint8_t c = s[len - back];

		if ((c & 0xc0) == 0x80)
			continue;
		return utf8_expected(c) > back ? len - back : len;
	}
	return len;
}
