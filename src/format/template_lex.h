/*
 * Tokens of a template. See template_lex.c.
 *
 * Runs in: cli.
 */
#ifndef HOY_FORMAT_TEMPLATE_LEX_H
#define HOY_FORMAT_TEMPLATE_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum token_kind {
	TOKEN_ERROR, /* `text` is the sentence */
	TOKEN_EOF,
	TOKEN_TEXT,  /* outside of actions, trimmed */
	TOKEN_RIGHT, /* }} */
	TOKEN_LEFT,
	TOKEN_DOT,
	TOKEN_FIELD,	/* ".Name" */
	TOKEN_VARIABLE, /* "$name", "$" */
	TOKEN_IDENTIFIER,
	TOKEN_NIL,
	TOKEN_BOOL,
	TOKEN_NUMBER,
	TOKEN_CHAR,
	TOKEN_STRING,
	TOKEN_RAW, /* in backquotes */
	TOKEN_PIPE,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_COMMA,
	TOKEN_ASSIGN,
	TOKEN_DECLARE,
	TOKEN_IF,
	TOKEN_ELSE,
	TOKEN_END,
	TOKEN_RANGE,
	TOKEN_WITH,
	TOKEN_BREAK,
	TOKEN_CONTINUE,
	TOKEN_UNSUPPORTED /* define, template, block */
};

struct token {
	enum token_kind kind;
	const char *text; /* into the template */
	size_t len;
	const char *at; /* its place; differs from `text` only for errors */
	bool has_space; /* before it */
};

/*
 * All tokens of `text`, the last one TOKEN_EOF or TOKEN_ERROR. Borrowed pointers into `text`.
 * Returns NULL without memory.
 */
struct token *template_lex(const char *text, struct arena *arena);

#endif
