/*
 * From tokens to a tree: see template.h.
 *
 * Sentences and their places are Go's, because people and scripts look for them.
 *
 * Over 500 lines because it is one thing: a recursive descent whose functions call each other.
 *
 * Runs in: cli.
 * See: Go's text/template/parse/parse.go.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "format/json.h"
#include "format/template.h"
#include "format/template_lex.h"
#include "format/template_run.h"
#include "format/template_tree.h"
#include "format/utf8.h"

struct parser {
	struct template *template;
	struct token *tokens;
	size_t index;
	const char *variables[TEMPLATE_VARIABLES_MAX];
	size_t variable_count;
	int depth;
	int range_depth;
	struct err *e;
};

static struct token *peek(struct parser *p)
{
	return &p->tokens[p->index];
}

/* The last token stays for ever. */
static struct token *next(struct parser *p)
{
	struct token *token = peek(p);

	if (token->kind != TOKEN_EOF && token->kind != TOKEN_ERROR)
		p->index++;
	return token;
}

static int parse_fail(struct parser *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static int parse_fail(struct parser *p, const char *format, ...)
{
	size_t line = 1;
	char said[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	for (const char *c = p->template->text; c < peek(p)->at; c++)
		line += *c == '\n';
	return err_set(p->e, ERR_INVALID, -EINVAL, "template parsing error: template: :%zu: %s",
		       line, said);
}

static int no_memory(struct parser *p)
{
	return err_set(p->e, ERR_INTERNAL, -ENOMEM, "template: out of memory");
}

static int unexpected(struct parser *p, const struct token *token, const char *context)
{
	switch (token->kind) {
	case TOKEN_ERROR:
		return parse_fail(p, "%.*s", (int)token->len, token->text);
	case TOKEN_EOF:
		return parse_fail(p, "unexpected EOF");
	case TOKEN_IF:
	case TOKEN_ELSE:
	case TOKEN_END:
	case TOKEN_RANGE:
	case TOKEN_WITH:
	case TOKEN_BREAK:
	case TOKEN_CONTINUE:
	case TOKEN_NIL:
		return parse_fail(p, "unexpected <%.*s> in %s", (int)token->len, token->text,
				  context);
	case TOKEN_UNSUPPORTED:
		return parse_fail(p, "{{%.*s}} is not supported", (int)token->len, token->text);
	default:
		return parse_fail(p, "unexpected \"%.*s\"%s in %s",
				  token->len > 10 ? 10 : (int)token->len, token->text,
				  token->len > 10 ? "..." : "", context);
	}
}

/* --- constants --------------------------------------------------------------------------- */

static int operand_constant(struct parser *p, struct operand *operand,
			    struct json_object *take_json)
{
	if (!take_json || json_object_array_add(p->template->constants, take_json) < 0) {
		(void)json_object_put(take_json);
		return no_memory(p);
	}
	operand->kind = OPERAND_CONSTANT;
	operand->constant = take_json;
	return 0;
}

static int parse_number(struct parser *p, const struct token *token, struct operand *operand)
{
	char text[64];
	char *end;
	double real;
	long long whole;

	if (token->len >= sizeof(text))
		return parse_fail(p, "bad number syntax: \"%.*s\"", 32, token->text);
	memcpy(text, token->text, token->len);
	text[token->len] = '\0';
	errno = 0;
	whole = strtoll(text, &end, text[strspn(text, "+-")] == '0' ? 0 : 10);
	if (*end == '\0' && errno == 0)
		return operand_constant(p, operand, json_object_new_int64(whole));
	real = strtod(text, &end);
	if (*end != '\0' || !isfinite(real) || strpbrk(text, "iInN"))
		return parse_fail(p, "bad number syntax: \"%s\"", text);
	return operand_constant(p, operand, json_object_new_double(real));
}

static long parse_code(const char *digits, int count, int base)
{
	char text[16] = { 0 };
	char *end;
	long code;

	for (int i = 0; i < count; i++)
		text[i] = digits[i];
	if (!text[0] || strchr("+- \t", text[0]))
		return -1;
	code = strtol(text, &end, base);
	return end == text + count ? code : -1;
}

/* "x41", "101", "u00e9", "U0001f600" behind a backslash: appends what it means. Returns the
 * length taken, 0 when malformed. */
static size_t unescape_code(const char *at, size_t len, struct str *out)
{
	size_t digits = at[0] == 'x' ? 2 : at[0] == 'u' ? 4 : at[0] == 'U' ? 8 : 3;
	size_t skip = digits == 3 ? 0 : 1;
	char bytes[4];
	long code;

	if (len < skip + digits)
		return 0;
	code = parse_code(at + skip, (int)digits, digits == 3 ? 8 : 16);
	if (code < 0 || code > 0x10ffff || (digits < 4 && code > 255) ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	if (digits < 4)
		str_add_char(out, (char)code);
	else
		str_add_bytes(out, bytes, utf8_put((unsigned int)code, bytes));
	return skip + digits;
}

/* Go's escapes. */
static int unquote(struct parser *p, const char *text, size_t len, struct str *out)
{
	static const char letters[] = "abfnrtv\\'\"";
	static const char meanings[] = "\a\b\f\n\r\t\v\\'\"";

	for (size_t i = 0; i < len;) {
		const char *letter;
		size_t taken = 1;

		if (text[i] != '\\') {
			str_add_char(out, text[i++]);
			continue;
		}
		letter = ++i < len ? strchr(letters, text[i]) : NULL;
		if (letter && *letter)
			str_add_char(out, meanings[letter - letters]);
		else
			taken = i < len ? unescape_code(text + i, len - i, out) : 0;
		if (taken == 0)
			return parse_fail(p, "invalid syntax");
		i += taken;
	}
	return 0;
}

static int parse_string(struct parser *p, const struct token *token, struct operand *operand)
{
	AUTO_STR struct str text = { 0 };
	int r = 0;

	if (token->kind == TOKEN_RAW)
		str_add_bytes(&text, token->text + 1, token->len - 2);
	else
		r = unquote(p, token->text + 1, token->len - 2, &text);
	if (r < 0)
		return r;
	if (str_ok(&text) < 0)
		return no_memory(p);
	if (token->kind != TOKEN_CHAR)
		return operand_constant(
			p, operand, json_object_new_string_len(str_text(&text), (int)text.len));
	if (text.len == 0 || utf8_len(text.data, text.len) != text.len)
		return parse_fail(p, "malformed character constant: %.*s", (int)token->len,
				  token->text);
	return operand_constant(p, operand,
				json_object_new_int64(utf8_rune(text.data, text.len)));
}

/* --- pipelines --------------------------------------------------------------------------- */

static int parse_pipeline(struct parser *p, enum token_kind end, const char *context,
			  struct pipeline **ret);

static bool has_variable(const struct parser *p, const char *name)
{
	for (size_t i = 0; i < p->variable_count; i++)
		if (strcmp(p->variables[i], name) == 0)
			return true;
	return false;
}

static int declare(struct parser *p, const char *name)
{
	if (p->variable_count == TEMPLATE_VARIABLES_MAX)
		return parse_fail(p, "more than %d variables", TEMPLATE_VARIABLES_MAX);
	p->variables[p->variable_count++] = name;
	return 0;
}

static int parse_variable(struct parser *p, const struct token *token, struct operand *operand)
{
	char *name = arena_copy_bytes(&p->template->arena, token->text, token->len);

	if (!name)
		return no_memory(p);
	if (!has_variable(p, name))
		return parse_fail(p, "undefined variable \"%s\"", name);
	operand->kind = OPERAND_VARIABLE;
	operand->variable = name;
	return 0;
}

static int parse_parenthesis(struct parser *p, struct operand *operand)
{
	int r;

	if (++p->depth > TEMPLATE_DEPTH_MAX)
		return parse_fail(p, "nested too deeply");
	operand->kind = OPERAND_PIPELINE;
	r = parse_pipeline(p, TOKEN_CLOSE, "parenthesized pipeline", &operand->pipeline);
	p->depth--;
	return r;
}

static int parse_term(struct parser *p, const struct token *token, struct operand *operand)
{
	switch (token->kind) {
	case TOKEN_IDENTIFIER:
		operand->kind = OPERAND_FUNCTION;
		operand->function = template_function_find(token->text, token->len);
		if (!operand->function)
			return parse_fail(p, "function \"%.*s\" not defined", (int)token->len,
					  token->text);
		return 0;
	case TOKEN_DOT:
		operand->kind = OPERAND_DOT;
		return 0;
	case TOKEN_FIELD:
		operand->kind = OPERAND_DOT;
		strv_add_borrowed(
			&operand->fields, &p->template->arena,
			arena_copy_bytes(&p->template->arena, token->text + 1, token->len - 1));
		return 0;
	case TOKEN_NIL:
		operand->kind = OPERAND_NIL;
		return 0;
	case TOKEN_BOOL:
		return operand_constant(p, operand,
					json_object_new_boolean(token->text[0] == 't'));
	case TOKEN_NUMBER:
		return parse_number(p, token, operand);
	case TOKEN_VARIABLE:
		return parse_variable(p, token, operand);
	case TOKEN_OPEN:
		return parse_parenthesis(p, operand);
	default:
		return parse_string(p, token, operand);
	}
}

static bool is_term(enum token_kind kind)
{
	return (kind >= TOKEN_DOT && kind <= TOKEN_RAW) || kind == TOKEN_OPEN;
}

/* May a chain of fields follow? */
static bool has_members(const struct operand *operand, enum token_kind kind)
{
	return kind == TOKEN_FIELD || operand->kind == OPERAND_VARIABLE ||
	       operand->kind == OPERAND_PIPELINE || operand->kind == OPERAND_FUNCTION;
}

/* A term and the fields that follow it without a space. */
static int parse_operand(struct parser *p, struct operand **ret)
{
	const struct token *token = next(p);
	struct operand *operand = arena_alloc(&p->template->arena, sizeof(*operand));
	const struct token *last;
	int r;

	if (!operand)
		return no_memory(p);
	operand->at = token->at;
	operand->field_at = token->at;
	r = parse_term(p, token, operand);
	if (r < 0)
		return r;
	if (peek(p)->kind == TOKEN_FIELD && !peek(p)->has_space) {
		if (!has_members(operand, token->kind))
			return parse_fail(p, "unexpected . after term \"%.*s\"",
					  (int)token->len, token->text);
		operand->field_at = peek(p)->at;
	}
	while (peek(p)->kind == TOKEN_FIELD && !peek(p)->has_space) {
		token = next(p);
		strv_add_borrowed(
			&operand->fields, &p->template->arena,
			arena_copy_bytes(&p->template->arena, token->text + 1, token->len - 1));
	}
	last = &p->tokens[p->index - 1];
	operand->len = (size_t)(last->at + last->len - operand->at);
	*ret = operand;
	return 0;
}

static bool ends_command(enum token_kind kind)
{
	return kind == TOKEN_RIGHT || kind == TOKEN_CLOSE || kind == TOKEN_PIPE;
}

static int parse_command(struct parser *p, struct command **ret)
{
	struct command *command = arena_alloc(&p->template->arena, sizeof(*command));
	struct operand **tail;
	int r;

	if (!command)
		return no_memory(p);
	command->at = peek(p)->at;
	tail = &command->first;
	while (is_term(peek(p)->kind) && (command->count == 0 || peek(p)->has_space)) {
		if (command->count == TEMPLATE_ARGUMENTS_MAX)
			return parse_fail(p, "more than %d arguments", TEMPLATE_ARGUMENTS_MAX);
		r = parse_operand(p, tail);
		if (r < 0)
			return r;
		command->len = (size_t)((*tail)->at + (*tail)->len - command->at);
		command->count++;
		tail = &(*tail)->next;
	}
	if (!ends_command(peek(p)->kind))
		return unexpected(p, peek(p), "operand");
	*ret = command;
	return 0;
}

/* "$x :=", "$x =", "$k, $v :=" at the beginning of a pipeline. */
static int parse_declaration(struct parser *p, const char *context, struct pipeline *pipeline)
{
	const struct token *t = peek(p);
	size_t count = 0;
	bool is_range = strcmp(context, "range") == 0;

	if (t[0].kind != TOKEN_VARIABLE)
		return 0;
	if (t[1].kind == TOKEN_DECLARE || t[1].kind == TOKEN_ASSIGN)
		count = 1;
	else if (t[1].kind == TOKEN_COMMA && !is_range)
		return parse_fail(p, "too many declarations in %s", context);
	else if (t[1].kind == TOKEN_COMMA && t[2].kind == TOKEN_VARIABLE &&
		 (t[3].kind == TOKEN_DECLARE || t[3].kind == TOKEN_ASSIGN))
		count = 2;
	else
		return t[1].kind == TOKEN_COMMA
			       ? parse_fail(p, "range can only initialize variables")
			       : 0;
	pipeline->is_assignment = t[count * 2 - 1].kind == TOKEN_ASSIGN;
	pipeline->variable_count = count;
	for (size_t i = 0; i < count; i++) {
		char *name = arena_copy_bytes(&p->template->arena, t[2 * i].text, t[2 * i].len);

		if (!name)
			return no_memory(p);
		pipeline->variables[i] = name;
		if (pipeline->is_assignment && !has_variable(p, name))
			return parse_fail(p, "undefined variable \"%s\"", name);
	}
	p->index += count * 2;
	return 0;
}

/* Only a function or a field can take the value of the stage before. */
static bool is_executable(const struct command *command)
{
	const struct operand *operand = command->first;

	return operand->fields.count > 0 || operand->kind == OPERAND_FUNCTION ||
	       operand->kind == OPERAND_VARIABLE || operand->kind == OPERAND_PIPELINE;
}

static int parse_stages(struct parser *p, enum token_kind end, const char *context,
			struct pipeline *pipeline)
{
	struct command **tail = &pipeline->first;
	size_t stage = 0;
	int r;

	for (;;) {
		if (peek(p)->kind == end)
			return parse_fail(p, "missing value for %s", context);
		if (!is_term(peek(p)->kind))
			return unexpected(p, peek(p), context);
		r = parse_command(p, tail);
		if (r < 0)
			return r;
		if (++stage > 1 && !is_executable(*tail))
			return parse_fail(p, "non executable command in pipeline stage %zu",
					  stage);
		pipeline->len = (size_t)((*tail)->at + (*tail)->len - pipeline->at);
		tail = &(*tail)->next;
		if (peek(p)->kind == end) {
			(void)next(p);
			return 0;
		}
		if (peek(p)->kind != TOKEN_PIPE)
			return unexpected(p, peek(p), context);
		(void)next(p);
	}
}

/* Up to and with `end`. What it declares is visible behind it, not within. */
static int parse_pipeline(struct parser *p, enum token_kind end, const char *context,
			  struct pipeline **ret)
{
	struct pipeline *pipeline = arena_alloc(&p->template->arena, sizeof(*pipeline));
	int r;

	if (!pipeline)
		return no_memory(p);
	pipeline->at = peek(p)->at;
	r = parse_declaration(p, context, pipeline);
	if (r == 0)
		r = parse_stages(p, end, context, pipeline);
	for (size_t i = 0; r == 0 && !pipeline->is_assignment && i < pipeline->variable_count;
	     i++)
		r = declare(p, pipeline->variables[i]);
	*ret = pipeline;
	return r;
}

/* --- nodes ------------------------------------------------------------------------------- */

static int parse_list(struct parser *p, struct node **ret, enum token_kind *ret_end);

static int expect_right(struct parser *p, const char *context)
{
	const struct token *token = peek(p);

	if (token->kind != TOKEN_RIGHT)
		return unexpected(p, token, context);
	(void)next(p);
	return 0;
}

static int parse_control(struct parser *p, enum node_kind kind, const char *context,
			 struct node *node);

/* Behind "{{else": "}}" and a list up to the end, or "if ...}}" with its own else and the
 * common end. */
static int parse_else(struct parser *p, enum node_kind kind, const char *context,
		      struct node *node)
{
	enum token_kind again = kind == NODE_IF ? TOKEN_IF : TOKEN_WITH;
	enum token_kind end;
	int r;

	if (kind != NODE_RANGE && peek(p)->kind == again) {
		(void)next(p);
		node->otherwise = arena_alloc(&p->template->arena, sizeof(*node));
		return node->otherwise ? parse_control(p, kind, context, node->otherwise)
				       : no_memory(p);
	}
	r = expect_right(p, "else");
	if (r == 0)
		r = parse_list(p, &node->otherwise, &end);
	if (r < 0)
		return r;
	if (end != TOKEN_END)
		return parse_fail(p, end == TOKEN_EOF ? "unexpected EOF"
						      : "expected end; found {{else}}");
	return expect_right(p, "end");
}

static int parse_body(struct parser *p, enum node_kind kind, const char *context,
		      struct node *node)
{
	enum token_kind end;
	int r = parse_pipeline(p, TOKEN_RIGHT, context, &node->pipeline);

	if (r < 0)
		return r;
	p->range_depth += kind == NODE_RANGE;
	r = parse_list(p, &node->body, &end);
	p->range_depth -= kind == NODE_RANGE;
	if (r < 0)
		return r;
	if (end == TOKEN_EOF)
		return parse_fail(p, "unexpected EOF");
	return end == TOKEN_END ? expect_right(p, "end") : parse_else(p, kind, context, node);
}

/* if, range, with: behind the word. */
static int parse_control(struct parser *p, enum node_kind kind, const char *context,
			 struct node *node)
{
	size_t variable_count = p->variable_count;
	int r;

	if (++p->depth > TEMPLATE_DEPTH_MAX)
		return parse_fail(p, "nested too deeply");
	node->kind = kind;
	r = parse_body(p, kind, context, node);
	p->variable_count = variable_count;
	p->depth--;
	return r;
}

static int parse_jump(struct parser *p, enum node_kind kind, const char *context,
		      struct node *node)
{
	if (p->range_depth == 0)
		return parse_fail(p, "{{%s}} outside {{range}}", context);
	node->kind = kind;
	return expect_right(p, context);
}

/* Behind "{{". */
static int parse_action(struct parser *p, struct node *node)
{
	enum token_kind kind = peek(p)->kind;

	switch (kind) {
	case TOKEN_IF:
		(void)next(p);
		return parse_control(p, NODE_IF, "if", node);
	case TOKEN_RANGE:
		(void)next(p);
		return parse_control(p, NODE_RANGE, "range", node);
	case TOKEN_WITH:
		(void)next(p);
		return parse_control(p, NODE_WITH, "with", node);
	case TOKEN_BREAK:
		(void)next(p);
		return parse_jump(p, NODE_BREAK, "break", node);
	case TOKEN_CONTINUE:
		(void)next(p);
		return parse_jump(p, NODE_CONTINUE, "continue", node);
	default:
		node->kind = NODE_ACTION;
		return parse_pipeline(p, TOKEN_RIGHT, "command", &node->pipeline);
	}
}

/* Nodes up to "{{else", "{{end" (both taken) or the end of the text. */
static int parse_list(struct parser *p, struct node **ret, enum token_kind *ret_end)
{
	struct node **tail = ret;
	int r = 0;

	*ret = NULL;
	while (r == 0) {
		const struct token *token = next(p);

		if (token->kind == TOKEN_ERROR)
			return unexpected(p, token, "");
		if (token->kind == TOKEN_LEFT &&
		    (peek(p)->kind == TOKEN_ELSE || peek(p)->kind == TOKEN_END))
			token = next(p);
		if (token->kind == TOKEN_EOF || token->kind == TOKEN_ELSE ||
		    token->kind == TOKEN_END) {
			*ret_end = token->kind;
			return 0;
		}
		*tail = arena_alloc(&p->template->arena, sizeof(**tail));
		if (!*tail)
			return no_memory(p);
		if (token->kind == TOKEN_TEXT)
			**tail = (struct node){ .kind = NODE_TEXT,
						.text = token->text,
						.len = token->len };
		else
			r = parse_action(p, *tail);
		tail = &(*tail)->next;
	}
	return r;
}

static int parse_template(struct parser *p, struct node **ret)
{
	enum token_kind end;
	int r = declare(p, "$");

	if (r == 0)
		r = parse_list(p, ret, &end);
	if (r < 0)
		return r;
	if (end != TOKEN_EOF)
		return parse_fail(p, "unexpected {{%s}}", end == TOKEN_END ? "end" : "else");
	return arena_ok(&p->template->arena) == 0 ? 0 : no_memory(p);
}

int template_parse(const char *text, struct template **ret, struct err *e)
{
	struct template *template;
	struct parser p = { .e = e };
	int r;

	if (strlen(text) > TEMPLATE_MAX)
		return err_set(e, ERR_INVALID, -EINVAL,
			       "template parsing error: longer than %d bytes", TEMPLATE_MAX);
	template = calloc(1, sizeof(*template));
	if (!template)
		return err_set(e, ERR_INTERNAL, -ENOMEM, "template: out of memory");
	p.template = template;
	template->text = arena_copy(&template->arena, text);
	template->constants = json_object_new_array();
	p.tokens = template->text ? template_lex(template->text, &template->arena) : NULL;
	r = p.tokens && template->constants ? parse_template(&p, &template->first)
					    : no_memory(&p);
	if (r < 0) {
		template_free(template);
		return r;
	}
	*ret = template;
	return 0;
}

void template_free(struct template *t)
{
	if (!t)
		return;
	(void)json_object_put(t->constants);
	arena_done(&t->arena);
	free(t);
}
