/*
 * What a template is after parsing: a list of nodes, whose actions hold pipelines of commands
 * of operands.
 *
 * Made by template_parse.c, walked by template_run.c. All of it lives in the template's arena;
 * constants are json-c values that the template owns. `at` and `len` are the piece of source,
 * for errors.
 *
 * Runs in: cli.
 */
#ifndef HOY_FORMAT_TEMPLATE_TREE_H
#define HOY_FORMAT_TEMPLATE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct json_object;
struct template_function;

enum operand_kind {
	OPERAND_DOT,
	OPERAND_NIL,
	OPERAND_CONSTANT,
	OPERAND_VARIABLE,
	OPERAND_FUNCTION,
	OPERAND_PIPELINE /* in parentheses */
};

struct operand {
	enum operand_kind kind;
	struct json_object *constant; /* borrowed from template.constants */
	const char *variable;	      /* with its '$' */
	const struct template_function *function;
	struct pipeline *pipeline;
	struct strv fields; /* the chain behind it, without dots */
	/* Go's place of an error in the chain: the second field of several, else the first */
	const char *field_at;
	const char *at;
	size_t len;
	struct operand *next;
};

struct command {
	struct operand *first;
	size_t count;
	const char *at;
	size_t len;
	struct command *next;
};

struct pipeline {
	const char *variables[2];
	size_t variable_count;
	bool is_assignment; /* =, not := */
	struct command *first;
	const char *at;
	size_t len;
};

enum node_kind {
	NODE_TEXT,
	NODE_ACTION,
	NODE_IF,
	NODE_RANGE,
	NODE_WITH,
	NODE_BREAK,
	NODE_CONTINUE
};

struct node {
	enum node_kind kind;
	const char *text; /* NODE_TEXT */
	size_t len;
	struct pipeline *pipeline;
	struct node *body;
	struct node *otherwise;
	struct node *next;
};

struct template
{
	struct arena arena;
	const char *text;
	struct node *first;
	struct json_object *constants; /* an array that owns them */
};

#endif
