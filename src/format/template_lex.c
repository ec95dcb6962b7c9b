/*
 * From template text to tokens, as Go's text/template/parse/lex.go.
 *
 * Runs in: cli.
 * See: pkg.go.dev/text/template, "Text and spaces", "Actions".
 */
#include "format/template_lex.h"

#include <string.h>

#include "format/utf8.h"

struct lexer {
	const char *at;
	struct arena *arena;
	struct token *tokens;
	size_t count;
	size_t room;
	bool has_space;
};

static const struct {
	const char *word;
	enum token_kind kind;
} keywords[] = {
	{ "if", TOKEN_IF },
	{ "else", TOKEN_ELSE },
	{ "end", TOKEN_END },
	{ "range", TOKEN_RANGE },
	{ "with", TOKEN_WITH },
	{ "break", TOKEN_BREAK },
	{ "continue", TOKEN_CONTINUE },
	{ "nil", TOKEN_NIL },
	{ "true", TOKEN_BOOL },
	{ "false", TOKEN_BOOL },
	{ "define", TOKEN_UNSUPPORTED },
	{ "template", TOKEN_UNSUPPORTED },
	{ "block", TOKEN_UNSUPPORTED },
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters of any script count: whatever is beyond ASCII. */
static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static void add_token(struct lexer *l, struct token token)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 32;
		struct token *tokens = arena_array(l->arena, room, sizeof(*tokens));

		if (!tokens)
			return;
		if (l->count > 0)
			memcpy(tokens, l->tokens, l->count * sizeof(*tokens));
		l->tokens = tokens;
		l->room = room;
	}
	token.has_space = l->has_space;
	l->has_space = false;
	l->tokens[l->count++] = token;
}

/* The next `len` bytes are a token of this kind. */
static void take(struct lexer *l, enum token_kind kind, size_t len)
{
	add_token(l, (struct token){ .kind = kind, .text = l->at, .len = len, .at = l->at });
	l->at += len;
}

/* Nothing follows an error. */
static void lex_fail(struct lexer *l, const char *sentence)
{
	add_token(l, (struct token){ .kind = TOKEN_ERROR,
				     .text = sentence,
				     .len = sentence ? strlen(sentence) : 0,
				     .at = l->at });
	l->at = NULL;
}

/* "{{- " */
static bool is_left_trim(const char *text)
{
	return text[2] == '-' && is_space(text[3]);
}

/* " -}}", with `text` at the dash */
static bool is_right_trim(const char *text)
{
	return strncmp(text, "-}}", 3) == 0 && is_space(text[-1]);
}

static void skip_space(struct lexer *l)
{
	while (is_space(*l->at)) {
		l->at++;
		l->has_space = true;
	}
}

static void lex_comment(struct lexer *l)
{
	const char *end = strstr(l->at + 2, "*/");

	if (!end) {
		lex_fail(l, "unclosed comment");
		return;
	}
	l->at = end + 2;
	if (strncmp(l->at, "}}", 2) == 0) {
		l->at += 2;
	} else if (is_space(l->at[0]) && is_right_trim(l->at + 1)) {
		l->at += 4;
		skip_space(l);
	} else {
		lex_fail(l, "comment ends before closing delimiter");
	}
}

/* Text up to the next "{{"; leaves `at` inside the action or at the end. Returns whether an
 * action begins. */
static bool lex_text(struct lexer *l)
{
	const char *left = strstr(l->at, "{{");
	size_t len = left ? (size_t)(left - l->at) : strlen(l->at);
	bool is_trimmed = left && is_left_trim(left);
	size_t kept = len;

	while (is_trimmed && kept > 0 && is_space(l->at[kept - 1]))
		kept--;
	l->has_space = false;
	if (kept > 0)
		take(l, TOKEN_TEXT, kept);
	l->at += len - kept;
	if (!left)
		return false;
	if (strncmp(left + (is_trimmed ? 4 : 2), "/*", 2) == 0) {
		l->at = left + (is_trimmed ? 4 : 2);
		lex_comment(l);
		return false;
	}
	take(l, TOKEN_LEFT, is_trimmed ? 3 : 2);
	return true;
}

static void lex_word(struct lexer *l)
{
	size_t len = 0;

	while (is_word(l->at[len]))
		len++;
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
		if (strlen(keywords[i].word) == len &&
		    strncmp(l->at, keywords[i].word, len) == 0) {
			take(l, keywords[i].kind, len);
			return;
		}
	}
	take(l, TOKEN_IDENTIFIER, len);
}

/* Digits, letters and what belongs to a number; whether it is one is the parser's question. */
static void lex_number(struct lexer *l)
{
	size_t len = 1;

	while (is_word(l->at[len]) || l->at[len] == '.' ||
	       ((l->at[len] == '+' || l->at[len] == '-') &&
		(l->at[len - 1] == 'e' || l->at[len - 1] == 'E')))
		len++;
	take(l, TOKEN_NUMBER, len);
}

static void lex_quoted(struct lexer *l, enum token_kind kind, char quote)
{
	size_t len = 1;

	while (l->at[len] && l->at[len] != quote && (quote == '`' || l->at[len] != '\n'))
		len += l->at[len] == '\\' && quote != '`' && l->at[len + 1] ? 2 : 1;
	if (l->at[len] != quote) {
		lex_fail(l, quote == '"'   ? "unterminated quoted string"
			    : quote == '`' ? "unterminated raw quoted string"
					   : "unterminated character constant");
		return;
	}
	take(l, kind, len + 1);
}

static void lex_name(struct lexer *l, enum token_kind kind)
{
	size_t len = 1;

	while (is_word(l->at[len]))
		len++;
	take(l, kind, len);
}

static void lex_unknown(struct lexer *l)
{
	size_t n = utf8_len(l->at, strnlen(l->at, 4));

	lex_fail(l, arena_printf(l->arena, "unrecognized character in action: '%.*s'",
				 n > 0 ? (int)n : 1, n > 0 ? l->at : "?"));
}

/* One token inside an action. */
static void lex_inside(struct lexer *l)
{
	char next = l->at[1];

	switch (l->at[0]) {
	case '\0':
		lex_fail(l, "unclosed action");
		break;
	case '|':
		take(l, TOKEN_PIPE, 1);
		break;
	case '(':
		take(l, TOKEN_OPEN, 1);
		break;
	case ')':
		take(l, TOKEN_CLOSE, 1);
		break;
	case ',':
		take(l, TOKEN_COMMA, 1);
		break;
	case '=':
		take(l, TOKEN_ASSIGN, 1);
		break;
	case ':':
		if (next == '=')
			take(l, TOKEN_DECLARE, 2);
		else
			lex_fail(l, "expected :=");
		break;
	case '"':
		lex_quoted(l, TOKEN_STRING, '"');
		break;
	case '`':
		lex_quoted(l, TOKEN_RAW, '`');
		break;
	case '\'':
		lex_quoted(l, TOKEN_CHAR, '\'');
		break;
	case '$':
		lex_name(l, TOKEN_VARIABLE);
		break;
	case '.':
		if (is_digit(next))
			lex_number(l);
		else if (is_word(next))
			lex_name(l, TOKEN_FIELD);
		else
			take(l, TOKEN_DOT, 1);
		break;
	default:
		if (is_digit(l->at[0]) ||
		    ((l->at[0] == '+' || l->at[0] == '-') && (is_digit(next) || next == '.')))
			lex_number(l);
		else if (is_word(l->at[0]))
			lex_word(l);
		else
			lex_unknown(l);
	}
}

/* Behind "{{", up to and with "}}". */
static void lex_action(struct lexer *l)
{
	while (l->at) {
		skip_space(l);
		if (strncmp(l->at, "}}", 2) == 0) {
			take(l, TOKEN_RIGHT, 2);
			return;
		}
		if (l->at[0] == '-' && is_right_trim(l->at)) {
			take(l, TOKEN_RIGHT, 3);
			skip_space(l);
			return;
		}
		lex_inside(l);
	}
}

struct token *template_lex(const char *text, struct arena *arena)
{
	struct lexer l = { .at = text, .arena = arena };

	while (l.at && *l.at)
		if (lex_text(&l))
			lex_action(&l);
	if (l.at)
		take(&l, TOKEN_EOF, 0);
	return arena_ok(arena) == 0 ? l.tokens : NULL;
}
