/*
 * See dockerfile_word.h.
 *
 * Runs in: cli (engine).
 */
#include "spec/dockerfile_word.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { EXPAND_DEPTH_MAX = 16, EXPAND_MAX = 1024 * 1024 };

struct expansion {
	const char *at;
	const struct strv *env;
	struct arena *arena;
	struct str *out;
	int depth;
	struct err *e;
};

void dockerfile_split(const char *text, struct arena *arena, struct strv *ret)
{
	while (*text) {
		const char *from;
		char quote = '\0';

		text += strspn(text, " \t");
		if (!*text)
			return;
		for (from = text; *text && (quote || !strchr(" \t", *text)); text++) {
			if (*text == '\\' && text[1] && quote != '\'')
				text++;
			else if (*text == quote)
				quote = '\0';
			else if (!quote && (*text == '"' || *text == '\''))
				quote = *text;
		}
		strv_add_borrowed(ret, arena,
				  arena_copy_bytes(arena, from, (size_t)(text - from)));
	}
}

static int expand_fail(struct expansion *x, const char *sentence)
{
	return err_set(x->e, ERR_INVALID, -EINVAL, "%s", sentence);
}

static size_t name_len(const char *text)
{
	size_t len = 0;

	if (isdigit((unsigned char)text[0]))
		return 1;
	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

static int expand_word(const char *word, struct expansion *outer, struct str *out);

/* The text up to the brace that closes the one before `text`; nested ones are skipped. NULL:
 * there is none. */
static const char *closing_brace(const char *text)
{
	int depth = 1;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (text[0] == '$' && text[1] == '{')
			depth++;
		else if (*text == '}' && --depth == 0)
			return text;
	}
	return NULL;
}

/* Behind "${NAME": "}", ":-word}", ":+word}", "-word}" or "+word}". */
static int expand_modifier(struct expansion *x, const char *value)
{
	bool has_colon = *x->at == ':';
	const char *end = closing_brace(x->at);
	bool is_set = value && (!has_colon || value[0]);
	char kind = x->at[has_colon];
	char *word;

	if (!end)
		return expand_fail(x, "syntax error: missing '}'");
	if (end == x->at) {
		str_add(x->out, value ? value : "");
		x->at = end + 1;
		return 0;
	}
	if (kind != '-' && kind != '+')
		return expand_fail(x, "unsupported modifier in substitution");
	word = arena_copy_bytes(x->arena, x->at + has_colon + 1,
				(size_t)(end - x->at) - has_colon - 1);
	x->at = end + 1;
	if (!word)
		return expand_fail(x, "out of memory");
	if (kind == '-' && is_set) {
		str_add(x->out, value);
		return 0;
	}
	return kind == '-' || is_set ? expand_word(word, x, x->out) : 0;
}

/* At "$". */
static int expand_variable(struct expansion *x)
{
	bool has_brace = x->at[1] == '{';
	const char *name_at = x->at + 1 + has_brace;
	size_t len = name_len(name_at);
	const char *value;
	char *name;

	if (len == 0 && has_brace)
		return expand_fail(x, "bad substitution");
	if (len == 0) {
		str_add_char(x->out, '$');
		x->at++;
		return 0;
	}
	name = arena_copy_bytes(x->arena, name_at, len);
	if (!name)
		return expand_fail(x, "out of memory");
	value = strv_env_get(x->env, name);
	x->at = name_at + len;
	if (has_brace)
		return expand_modifier(x, value);
	str_add(x->out, value ? value : "");
	return 0;
}

static int expand_single_quote(struct expansion *x)
{
	const char *end = strchr(x->at + 1, '\'');

	if (!end)
		return expand_fail(
			x,
			"unexpected end of statement while looking for matching single-quote");
	str_add_bytes(x->out, x->at + 1, (size_t)(end - x->at) - 1);
	x->at = end + 1;
	return 0;
}

static int expand_double_quote(struct expansion *x)
{
	int r = 0;

	x->at++;
	while (r == 0 && *x->at && *x->at != '"') {
		if (*x->at == '$') {
			r = expand_variable(x);
			continue;
		}
		if (*x->at == '\\' && x->at[1] && strchr("\"$\\", x->at[1]))
			x->at++;
		str_add_char(x->out, *x->at++);
	}
	if (r < 0)
		return r;
	if (*x->at != '"')
		return expand_fail(
			x,
			"unexpected end of statement while looking for matching double-quote");
	x->at++;
	return 0;
}

static int expand_word(const char *word, struct expansion *outer, struct str *out)
{
	struct expansion x = *outer;
	int r = 0;

	x.at = word;
	x.out = out;
	if (++x.depth > EXPAND_DEPTH_MAX)
		return expand_fail(&x, "nested too deeply");
	while (r == 0 && *x.at) {
		if (out->len > EXPAND_MAX)
			return expand_fail(&x, "the text grows too long");
		if (*x.at == '\'') {
			r = expand_single_quote(&x);
		} else if (*x.at == '"') {
			r = expand_double_quote(&x);
		} else if (*x.at == '$') {
			r = expand_variable(&x);
		} else {
			if (*x.at == '\\' && x.at[1])
				x.at++;
			str_add_char(out, *x.at++);
		}
	}
	return r;
}

int dockerfile_expand(const char *word, const struct strv *env, struct arena *arena, char **ret,
		      struct err *e)
{
	AUTO_STR struct str out = { 0 };
	struct expansion x = { .env = env, .arena = arena, .e = e };
	char *text;
	int r = expand_word(word, &x, &out);

	if (r < 0)
		return r;
	text = str_ok(&out) == 0 ? arena_copy(arena, str_text(&out)) : NULL;
	if (!text)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "out of memory");
	*ret = text;
	return 0;
}
