/*
 * See option.h.
 *
 * Runs in: cli, runtime.
 */
#include "format/option.h"

#include <stdio.h>
#include <string.h>

#include "format/size.h"
#include "format/text.h"
#include "format/utf8.h"

enum { QUOTE_MAX = 200 };

struct option_parser {
	const struct option *options;
	char *const *argv; /* the next argument */
	void *values;
	struct arena *arena;
};

static bool option_takes_value(const struct option *o)
{
	return o->kind != OPTION_BOOL && o->kind != OPTION_REFUSED_BOOL;
}

static const struct option *option_by_name(const struct option *options, const char *name,
					   size_t len)
{
	for (const struct option *o = options; o && o->kind != OPTION_END; o++) {
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	}
	return NULL;
}

static const struct option *option_by_letter(const struct option *options, char letter)
{
	for (const struct option *o = options; o && o->kind != OPTION_END; o++) {
		if (o->letter == letter)
			return o;
	}
	return NULL;
}

void option_quote(const char *text, struct str *out)
{
	AUTO_STR struct str cut = { 0 };

	text_truncate(text, QUOTE_MAX, &cut);
	text_quote(str_text(&cut), out);
}

int option_parse_bool(const char *text, bool *ret, struct err *e)
{
	static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True" };
	static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False" };
	AUTO_STR struct str quoted = { 0 };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			*ret = strcmp(text, yes[i]) == 0;
			return 0;
		}
	}
	option_quote(text, &quoted);
	return err_set(e, ERR_INVALID, -EINVAL, "strconv.ParseBool: parsing %s: invalid syntax",
		       str_text(&quoted));
}

int option_parse_int(const char *text, int64_t *ret, struct err *e)
{
	const char *digits = text[0] == '+' && text[1] != '-' ? text + 1 : text;
	AUTO_STR struct str quoted = { 0 };
	int r = parse_i64(digits, INT64_MIN, INT64_MAX, ret);

	if (r == 0)
		return 0;
	option_quote(text, &quoted);
	return err_set(e, ERR_INVALID, r, "strconv.ParseInt: parsing %s: %s", str_text(&quoted),
		       r == -ERANGE ? "value out of range" : "invalid syntax");
}

int option_parse_size(const char *text, int64_t *ret, struct err *e)
{
	AUTO_STR struct str quoted = { 0 };
	int r = size_parse(text, ret);

	if (r == 0)
		return 0;
	option_quote(text, &quoted);
	return err_set(e, ERR_INVALID, r, "invalid size: '%.*s'", (int)quoted.len - 2,
		       str_text(&quoted) + 1);
}

static int option_store(const struct option_parser *p, const struct option *o, char *value,
			struct err *e)
{
	void *field = (char *)p->values + o->offset;

	if (o->set)
		return o->set(p->values, p->arena, value, e);
	switch (o->kind) {
	case OPTION_BOOL:
		return option_parse_bool(value, field, e);
	case OPTION_TEXT:
		*(char **)field = value;
		return 0;
	case OPTION_LIST:
		strv_add_borrowed(field, p->arena, value);
		return arena_ok(p->arena);
	case OPTION_FILTER:
		if (value[0] == '=' || !strchr(value, '='))
			return err_set(e, ERR_INVALID, -EINVAL,
				       "bad format of filter (expected name=value)");
		strv_add_borrowed(field, p->arena, value);
		return arena_ok(p->arena);
	case OPTION_INT:
		return option_parse_int(value, field, e);
	case OPTION_SIZE:
		return option_parse_size(value, field, e);
	case OPTION_END:
	case OPTION_VALUE:
	case OPTION_REFUSED:
	case OPTION_REFUSED_BOOL:
		break;
	}
	return err_set(e, ERR_INTERNAL, -EINVAL, "the flag has no setter");
}

/* A setter gets a checked "true" or "false". */
static int option_set_bool(const struct option_parser *p, const struct option *o,
			   const char *text, struct err *e)
{
	char value[8];
	bool is_on;
	int r = option_parse_bool(text, &is_on, e);

	if (r < 0)
		return r;
	(void)str_copy(value, sizeof(value), is_on ? "true" : "false");
	return option_store(p, o, value, e);
}

static int option_refuse(const struct option *o, struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "--%s is not supported yet", o->name);
}

static int option_set(const struct option_parser *p, const struct option *o, char *value,
		      struct err *e)
{
	AUTO_STR struct str quoted = { 0 };
	AUTO_STR struct str said = { 0 };
	struct err why = { 0 };
	char flag[80];
	int r;

	/* What does not fit into a JSON text could not be kept as it is. */
	if (!utf8_is_valid(value, strlen(value)))
		r = err_set(&why, ERR_INVALID, -EINVAL, "invalid UTF-8");
	else
		r = o->kind == OPTION_BOOL ? option_set_bool(p, o, value, &why)
					   : option_store(p, o, value, &why);
	if (r == 0)
		return 0;
	/* A known value that is not here yet is refused by name, as a flag is. */
	if (why.kind == ERR_UNSUPPORTED)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "--%s %s", o->name, why.text);
	option_quote(value, &quoted);
	if (o->letter)
		(void)snprintf(flag, sizeof(flag), "-%c, --%s", o->letter, o->name);
	else
		(void)snprintf(flag, sizeof(flag), "--%s", o->name);
	text_printable(why.text, strlen(why.text), &said);
	return err_set(e, ERR_INVALID, -EINVAL, "invalid argument %s for \"%s\" flag: %s",
		       str_text(&quoted), flag, said.len > 0 ? str_text(&said) : strerror(-r));
}

static char option_true[] = "true";

/* --name, --name=value, --name value. `text` is what follows the dashes. */
static int option_parse_long(struct option_parser *p, char *text, struct err *e)
{
	char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : strlen(text);
	const struct option *o = option_by_name(p->options, text, len);

	if (text[0] == '=' || text[0] == '-')
		return err_set(e, ERR_INVALID, -EINVAL, "bad flag syntax: --%s", text);
	if (!o && len == 4 && memcmp(text, "help", 4) == 0)
		return OPTION_WANTS_HELP;
	if (!o)
		return err_set(e, ERR_INVALID, -EINVAL, "unknown flag: --%.*s", (int)len, text);
	if (o->kind == OPTION_REFUSED || o->kind == OPTION_REFUSED_BOOL)
		return option_refuse(o, e);
	if (equals)
		return option_set(p, o, equals + 1, e);
	if (!option_takes_value(o))
		return option_set(p, o, option_true, e);
	if (!*p->argv)
		return err_set(e, ERR_INVALID, -EINVAL, "flag needs an argument: --%s",
			       o->name);
	return option_set(p, o, *p->argv++, e);
}

/* One letter of -abc. `*text` points to it and is moved behind what it used. */
static int option_parse_letter(struct option_parser *p, char **text, const char *all,
			       struct err *e)
{
	char letter = **text;
	char *rest = *text + 1;
	const struct option *o = option_by_letter(p->options, letter);

	if (!o && letter == 'h')
		return OPTION_WANTS_HELP;
	if (!o)
		return err_set(e, ERR_INVALID, -EINVAL, "unknown shorthand flag: '%c' in -%s",
			       letter, all);
	if (o->kind == OPTION_REFUSED || o->kind == OPTION_REFUSED_BOOL)
		return option_refuse(o, e);
	*text = rest + strlen(rest);
	if (rest[0] == '=' && rest[1] != '\0')
		return option_set(p, o, rest + 1, e);
	if (!option_takes_value(o)) {
		*text = rest;
		return option_set(p, o, option_true, e);
	}
	if (rest[0] != '\0')
		return option_set(p, o, rest, e);
	if (!*p->argv)
		return err_set(e, ERR_INVALID, -EINVAL, "flag needs an argument: '%c' in -%s",
			       letter, all);
	return option_set(p, o, *p->argv++, e);
}

static int option_parse_short(struct option_parser *p, char *text, struct err *e)
{
	const char *all = text;

	while (*text) {
		int r = option_parse_letter(p, &text, all, e);

		if (r != 0)
			return r;
	}
	return 0;
}

static void option_rest(struct option_parser *p, struct strv *ret_args)
{
	while (*p->argv)
		strv_add_borrowed(ret_args, p->arena, *p->argv++);
}

int option_parse(const struct option *options, bool stops_at_argument, char *const *argv,
		 void *values, struct arena *arena, struct strv *ret_args, struct err *e)
{
	struct option_parser p = {
		.options = options, .argv = argv, .values = values, .arena = arena
	};

	while (*p.argv) {
		char *text = *p.argv++;
		int r = 0;

		if (strcmp(text, "--") == 0) {
			option_rest(&p, ret_args);
		} else if (text[0] == '-' && text[1] == '-') {
			r = option_parse_long(&p, text + 2, e);
		} else if (text[0] == '-' && text[1] != '\0') {
			r = option_parse_short(&p, text + 1, e);
		} else {
			strv_add_borrowed(ret_args, arena, text);
			if (stops_at_argument)
				option_rest(&p, ret_args);
		}
		if (r != 0)
			return r;
	}
	return arena_ok(arena);
}
