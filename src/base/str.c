/*
 * See str.h.
 *
 * Runs in: every program.
 */
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void str_done(struct str *s)
{
	if (s->is_secret && s->data)
		explicit_bzero(s->data, s->room);
	free(s->data);
	*s = (struct str){ .is_secret = s->is_secret };
}

/* As realloc(3), which would leave a copy behind. */
static char *grow_secret(const struct str *s, size_t room)
{
	char *data = malloc(room);

	if (!data || !s->data)
		return data;
	memcpy(data, s->data, s->len + 1);
	explicit_bzero(s->data, s->room);
	free(s->data);
	return data;
}

/* Make room for `more` bytes and the NUL. */
static bool str_grow(struct str *s, size_t more)
{
	size_t room = s->room ? s->room : 64;
	char *data;

	if (s->is_broken)
		return false;
	if (more < s->room - s->len)
		return true;
	while (room - s->len <= more) {
		if (room > SIZE_MAX / 2) {
			s->is_broken = true;
			return false;
		}
		room *= 2;
	}
	data = s->is_secret ? grow_secret(s, room) : realloc(s->data, room);
	if (!data) {
		s->is_broken = true;
		return false;
	}
	s->data = data;
	s->room = room;
	return true;
}

void str_add_bytes(struct str *s, const void *data, size_t len)
{
	if (!str_grow(s, len))
		return;
	if (len > 0)
		memcpy(s->data + s->len, data, len);
	s->len += len;
	s->data[s->len] = '\0';
}

void str_add(struct str *s, const char *text)
{
	str_add_bytes(s, text, strlen(text));
}

void str_add_char(struct str *s, char c)
{
	str_add_bytes(s, &c, 1);
}

void str_printf(struct str *s, const char *format, ...)
{
	size_t left = s->room - s->len;
	va_list args;
	int len;

	/* Most texts fit into what is there already: they are formatted once. */
	va_start(args, format);
	len = vsnprintf(left > 0 ? s->data + s->len : NULL, left, format, args);
	va_end(args);
	if (len < 0 || !str_grow(s, (size_t)len)) {
		s->is_broken = true;
		if (left > 0)
			s->data[s->len] = '\0';
		return;
	}
	if ((size_t)len >= left) {
		va_start(args, format);
		(void)vsnprintf(s->data + s->len, (size_t)len + 1, format, args);
		va_end(args);
	}
	s->len += (size_t)len;
}

void str_clear(struct str *s)
{
	s->len = 0;
	if (s->data)
		s->data[0] = '\0';
}

const char *str_text(const struct str *s)
{
	return s->data ? s->data : "";
}

int str_ok(const struct str *s)
{
	return s->is_broken ? -ENOMEM : 0;
}

char *str_take(struct str *s)
{
	char *data = s->data;

	if (s->is_broken) {
		str_done(s);
		return NULL;
	}
	*s = (struct str){ .is_secret = s->is_secret };
	return data ? data : calloc(1, 1);
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text);
	size_t tail = strlen(suffix);

	return len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}

bool str_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

int str_copy(char *to, size_t size, const char *from)
{
	size_t len = strlen(from);

	if (len >= size) {
		to[0] = '\0';
		return -ENAMETOOLONG;
	}
	memcpy(to, from, len + 1);
	return 0;
}

int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!text || text[0] == '\0')
		return -EINVAL;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*c - '0'), &value))
			return -ERANGE;
	}
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_i64(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	bool is_negative = text && text[0] == '-';
	uint64_t limit = is_negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t size;
	int64_t value;
	int r = parse_u64(is_negative ? text + 1 : text, 0, limit, &size);

	if (r < 0)
		return r;
	value = is_negative ? (int64_t)(0 - size) : (int64_t)size;
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_octal(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!text || text[0] == '\0')
		return -EINVAL;
	for (const char *c = text; *c; c++) {
		if (*c < '0' || *c > '7')
			return -EINVAL;
		if (value > UINT64_MAX / 8)
			return -ERANGE;
		value = value * 8 + (uint64_t)(*c - '0');
		if (value > max)
			return -ERANGE;
	}
	*ret = value;
	return 0;
}
