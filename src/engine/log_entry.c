/*
 * See log_entry.h. A parser of its own, since `logs` reads millions of these lines and json-c
 * would make objects of each.
 *
 * Runs in: cli.
 */
#include "engine/log_entry.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"

enum { REPLACEMENT = 0xfffd };

struct cursor {
	char *at;
	char *end;
};

struct text {
	char *data;
	size_t len;
};

static bool take(struct cursor *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits behind \u, or -1. */
static int take_hex(struct cursor *in)
{
	int value = 0;

	if (in->end - in->at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(*in->at++);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* Behind the first half of a pair: the second one, and the character that both are. */
static int take_surrogate(struct cursor *in, int high)
{
	int low;

	if (high >= 0xdc00 || in->end - in->at < 6 || in->at[0] != '\\' || in->at[1] != 'u')
		return REPLACEMENT;
	in->at += 2;
	low = take_hex(in);
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static char *put_utf8(char *to, int c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*to++ = (char)(0xe0 | c >> 12);
		} else {
			*to++ = (char)(0xf0 | c >> 18);
			*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		}
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
	}
	*to++ = (char)(0x80 | (c & 0x3f));
	return to;
}

/* What stands behind a backslash, written at *to, which is never behind what was read. */
static bool take_escape(struct cursor *in, char **to)
{
	static const char names[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	const char *name;
	int c;

	if (in->at == in->end)
		return false;
	if (*in->at == 'u') {
		in->at++;
		c = take_hex(in);
		if (c < 0)
			return false;
		if (c >= 0xd800 && c <= 0xdfff)
			c = take_surrogate(in, c);
		*to = put_utf8(*to, c);
		return true;
	}
	name = memchr(names, *in->at++, sizeof(names) - 1);
	if (!name)
		return false;
	*(*to)++ = values[name - names];
	return true;
}

static bool take_string(struct cursor *in, struct text *ret)
{
	char *to = in->at + 1;

	if (!take(in, '"'))
		return false;
	ret->data = to;
	while (in->at < in->end && *in->at != '"') {
		char c = *in->at++;

		if (c != '\\')
			*to++ = c;
		else if (!take_escape(in, &to))
			return false;
	}
	ret->len = (size_t)(to - ret->data);
	return take(in, '"');
}

static bool is_text(const struct text *text, const char *other)
{
	return text->len == strlen(other) && memcmp(text->data, other, text->len) == 0;
}

static bool set_time(const struct text *value, uint64_t *ret_ns)
{
	char time[CLOCK_TEXT_SIZE];

	if (value->len >= sizeof(time))
		return false;
	memcpy(time, value->data, value->len);
	time[value->len] = '\0';
	return clock_parse(time, ret_ns) == 0;
}

static bool set_member(struct log_entry *entry, const struct text *key,
		       const struct text *value)
{
	if (is_text(key, "time"))
		return set_time(value, &entry->time_ns);
	if (is_text(key, "stream")) {
		entry->stream = is_text(value, "stderr") ? 2 : 1;
	} else if (is_text(key, "log")) {
		entry->text = value->data;
		entry->len = value->len;
	}
	return true;
}

int log_entry_parse(char *line, size_t len, struct log_entry *ret)
{
	struct cursor in = { .at = line, .end = line + len };
	struct log_entry entry = { .stream = 1 };
	struct text key;
	struct text value;

	if (!take(&in, '{'))
		return -EBADMSG;
	do {
		if (!take_string(&in, &key) || !take(&in, ':') || !take_string(&in, &value) ||
		    !set_member(&entry, &key, &value))
			return -EBADMSG;
	} while (take(&in, ','));
	if (!take(&in, '}') || in.at != in.end || !entry.text)
		return -EBADMSG;
	*ret = entry;
	return 0;
}
