/*
 * See text.h.
 *
 * Runs in: cli, runtime.
 */
#include "format/text.h"

#include <string.h>
#include <time.h>

#include "format/size.h"
#include "format/utf8.h"

void text_ago(uint64_t now_ns, uint64_t then_ns, struct str *out)
{
	char text[SIZE_TEXT_SIZE];

	if (then_ns == 0)
		return;
	duration_text(now_ns > then_ns ? now_ns - then_ns : 0, text);
	str_printf(out, "%s ago", text);
}

void text_created_at(uint64_t wall_ns, struct str *out)
{
	time_t seconds = (time_t)(wall_ns / 1000000000U);
	char text[64];
	struct tm tm;

	if (localtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z %Z", &tm) > 0)
		str_add(out, text);
}

static size_t text_char_len(const char *c)
{
	size_t len = 1;

	while (((unsigned char)c[len] & 0xc0) == 0x80)
		len++;
	return len;
}

void text_truncate(const char *text, size_t max, struct str *out)
{
	size_t before_last = 0;
	size_t len = 0;
	size_t count = 0;

	while (text[len] && count < max) {
		before_last = len;
		len += text_char_len(text + len);
		count++;
	}
	if (!text[len]) {
		str_add(out, text);
		return;
	}
	str_add_bytes(out, text, before_last);
	str_add(out, "\xe2\x80\xa6");
}

static void text_quote_byte(unsigned char byte, struct str *out)
{
	static const char letters[] = "abtnvfr"; /* 7 to 13 */

	if (byte == '"' || byte == '\\')
		str_printf(out, "\\%c", byte);
	else if (byte >= 7 && byte <= 13)
		str_printf(out, "\\%c", letters[byte - 7]);
	else if (byte < 0x20 || byte >= 0x7f)
		str_printf(out, "\\x%02x", byte);
	else
		str_add_char(out, (char)byte);
}

/* U+0080 to U+009F, which terminals obey too. */
static bool text_is_control(const char *text, size_t len)
{
	return len == 2 && (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0;
}

static void text_escape(const char *text, size_t len, bool is_quoting, struct str *out)
{
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(text + i, len - i);

		if (n > 1 && !text_is_control(text + i, n)) {
			str_add_bytes(out, text + i, n);
			i += n;
		} else if (!is_quoting && (text[i] == '"' || text[i] == '\\')) {
			str_add_char(out, text[i++]);
		} else {
			text_quote_byte((unsigned char)text[i++], out);
		}
	}
}

void text_printable(const char *text, size_t len, struct str *out)
{
	text_escape(text, len, false, out);
}

void text_quote(const char *text, struct str *out)
{
	str_add_char(out, '"');
	text_escape(text, strlen(text), true, out);
	str_add_char(out, '"');
}

void text_short_id(const char *id, struct str *out)
{
	const char *hex = str_starts(id, "sha256:") ? id + 7 : id;

	str_add_bytes(out, hex, strnlen(hex, 12));
}
