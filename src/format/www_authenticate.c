/*
 * See www_authenticate.h.
 *
 * Runs in: fetch.
 */
#include "format/www_authenticate.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static size_t token_len(const char *text)
{
	size_t len = 0;

	while (is_token_char(text[len]))
		len++;
	return len;
}

static const char *skip(const char *text, const char *what)
{
	return text + strspn(text, what);
}

/* "..." with backslashes. Behind it afterwards; NULL: it does not end, or holds what no header
 * may. */
static const char *read_quoted(const char *at, struct str *out)
{
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return NULL;
		str_add_char(out, *at);
	}
	return at + 1;
}

static int set(struct challenge *challenge, const char *name, size_t len, struct arena *arena,
	       const char *value)
{
	const struct {
		const char *name;
		char **value;
	} known[] = { { "realm", &challenge->realm },
		      { "service", &challenge->service },
		      { "scope", &challenge->scope },
		      { "error", &challenge->error } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != len || strncasecmp(known[i].name, name, len) != 0)
			continue;
		if (*known[i].value)
			return -EINVAL;
		*known[i].value = arena_copy(arena, value);
		return *known[i].value ? 0 : -ENOMEM;
	}
	return 0;
}

/* NAME=VALUE at `*at`, where VALUE is a token or quoted. Returns 1, 0 (it is none), -errno. */
static int read_parameter(const char **at, struct challenge *challenge, struct arena *arena)
{
	AUTO_STR struct str value = { 0 };
	const char *name = *at;
	size_t len = token_len(name);
	const char *next = skip(name + len, " \t");
	int r;

	if (len == 0 || *next != '=')
		return 0;
	next = skip(next + 1, " \t");
	if (*next == '"') {
		next = read_quoted(next, &value);
		if (!next)
			return -EINVAL;
	} else {
		str_add_bytes(&value, next, token_len(next));
		next += token_len(next);
	}
	next = skip(next, " \t");
	if (*next && *next != ',')
		return -EINVAL;
	if (str_ok(&value) < 0)
		return -ENOMEM;
	r = set(challenge, name, len, arena, str_text(&value));
	*at = next;
	return r < 0 ? r : 1;
}

/* What Negotiate and its like have in place of parameters; ends where the challenge ends. */
static size_t token68_len(const char *text)
{
	size_t len = 0;

	while (is_token_char(text[len]) || text[len] == '/')
		len++;
	len += strspn(text + len, "=");
	return text[len + strspn(text + len, " \t")] == ',' || text[len] == '\0' ? len : 0;
}

static int read_parameters(const char **at, struct challenge *challenge, struct arena *arena)
{
	size_t len = token68_len(*at);

	/* "name=value" is none, "c2VjcmV0=" is one. */
	if (len > 0) {
		*at = skip(*at + len, " \t,");
		return 0;
	}
	for (;;) {
		int r = read_parameter(at, challenge, arena);

		if (r <= 0)
			return r;
		*at = skip(*at, " \t,");
	}
}

static enum challenge_kind kind_of(const char *scheme, size_t len)
{
	if (len == 5 && strncasecmp(scheme, "Basic", len) == 0)
		return CHALLENGE_BASIC;
	return len == 6 && strncasecmp(scheme, "Bearer", len) == 0 ? CHALLENGE_BEARER
								   : CHALLENGE_OTHER;
}

int www_authenticate_parse(const char *value, struct arena *arena, struct challenges *ret)
{
	const char *at = skip(value, " \t,");

	if (strlen(value) > CHALLENGE_HEADER_MAX)
		return -EINVAL;
	while (*at) {
		struct challenge challenge = { 0 };
		size_t len = token_len(at);
		int r;

		if (len == 0 || ret->count == CHALLENGES_MAX)
			return -EINVAL;
		challenge.kind = kind_of(at, len);
		at = skip(at + len, " \t");
		if (at[0] && at[-1] != ' ' && at[-1] != '\t' && at[0] != ',')
			return -EINVAL;
		if (*at == ',')
			at = skip(at, " \t,");
		else if (*at) {
			r = read_parameters(&at, &challenge, arena);
			if (r < 0)
				return r;
		}
		ret->items[ret->count++] = challenge;
	}
	return 0;
}
