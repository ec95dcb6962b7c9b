/*
 * Looking into a TOML tree by type: see toml.h.
 *
 * Runs in: cli.
 */
#include <stdarg.h>
#include <stdio.h>

#include "format/toml.h"

static const char *kind_text(enum toml_kind kind)
{
	static const char *const names[] = {
		[TOML_TEXT] = "a string",  [TOML_INTEGER] = "an integer",
		[TOML_FLOAT] = "a float",  [TOML_BOOL] = "a boolean",
		[TOML_ARRAY] = "an array", [TOML_TABLE] = "a table",
	};

	return names[kind];
}

int toml_fail(const struct toml *value, const char *what, struct err *e, const char *format,
	      ...)
{
	char said[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(said, sizeof(said), format, args);
	va_end(args);
	return err_set(e, ERR_INVALID, -EINVAL, "%s: line %u: %s", what, value->line, said);
}

/* The value when it is there; -EINVAL when it is of another kind. */
static int get(const struct toml *table, const char *key, enum toml_kind kind, const char *what,
	       const struct toml **ret, struct err *e)
{
	const struct toml *value = toml_get(table, key);

	*ret = value;
	if (!value || value->kind == kind)
		return 0;
	return toml_fail(value, what, e, "%s: expected %s, found %s", key, kind_text(kind),
			 kind_text(value->kind));
}

int toml_get_text(const struct toml *table, const char *key, const char *what, const char **ret,
		  struct err *e)
{
	const struct toml *value;
	int r = get(table, key, TOML_TEXT, what, &value, e);

	if (r == 0 && value)
		*ret = value->text;
	return r;
}

int toml_get_bool(const struct toml *table, const char *key, const char *what, bool *ret,
		  struct err *e)
{
	const struct toml *value;
	int r = get(table, key, TOML_BOOL, what, &value, e);

	if (r == 0 && value)
		*ret = value->is_true;
	return r;
}

int toml_get_table(const struct toml *table, const char *key, const char *what,
		   const struct toml **ret, struct err *e)
{
	const struct toml *value;
	int r = get(table, key, TOML_TABLE, what, &value, e);

	if (r == 0 && value)
		*ret = value;
	return r;
}

int toml_get_array(const struct toml *table, const char *key, enum toml_kind kind,
		   const char *what, const struct toml **ret, struct err *e)
{
	const struct toml *value;
	int r = get(table, key, TOML_ARRAY, what, &value, e);

	if (r < 0 || !value)
		return r;
	for (const struct toml *item = value->first; item; item = item->next)
		if (item->kind != kind)
			return toml_fail(item, what, e, "%s: expected %s, found %s", key,
					 kind_text(kind), kind_text(item->kind));
	*ret = value;
	return 0;
}
