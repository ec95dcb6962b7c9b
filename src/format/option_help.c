/*
 * The "Options:" part of a command's help, in docker's (pflag's) layout.
 *
 *	  -a, --attach list      Attach to STDIN, STDOUT or STDERR
 *	      --cidfile string   Write the container ID to the file
 *
 * Runs in: cli, runtime.
 */
#include <stdlib.h>
#include <string.h>

#include "format/option.h"

enum { HELP_MIN_WIDTH = 24, HELP_GAP = 3, HELP_OPTIONS_MAX = 128 };

static const char *option_value_name(const struct option *o)
{
	if (o->value_name)
		return o->value_name;
	switch (o->kind) {
	case OPTION_LIST:
	case OPTION_FILTER:
		return "list";
	case OPTION_INT:
		return "int";
	case OPTION_SIZE:
		return "bytes";
	case OPTION_TEXT:
	case OPTION_VALUE:
		return "string";
	case OPTION_END:
	case OPTION_BOOL:
	case OPTION_REFUSED:
	case OPTION_REFUSED_BOOL:
		break;
	}
	return "";
}

static bool option_is_listed(const struct option *o)
{
	return o->help && o->kind != OPTION_REFUSED && o->kind != OPTION_REFUSED_BOOL;
}

/* "  -a, --attach list" */
static void option_left(const struct option *o, struct str *out)
{
	const char *value = option_value_name(o);

	if (o->letter)
		str_printf(out, "  -%c, --%s", o->letter, o->name);
	else
		str_printf(out, "      --%s", o->name);
	if (value[0] != '\0')
		str_printf(out, " %s", value);
}

/* Break `text` at spaces so that no line is longer than `width`; further lines start with
 * `indent` spaces. */
static void help_wrap(const char *text, size_t indent, size_t width, struct str *out)
{
	while (strlen(text) > width) {
		size_t cut = width;

		while (cut > 0 && text[cut] != ' ')
			cut--;
		if (cut == 0)
			break;
		str_add_bytes(out, text, cut);
		str_printf(out, "\n%*s", (int)indent, "");
		text += cut + 1;
	}
	str_printf(out, "%s\n", text);
}

static int option_compare(const void *a, const void *b)
{
	const struct option *const *left = a;
	const struct option *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

/* The listed ones, by name. Returns how many. */
static size_t option_sort(const struct option *options,
			  const struct option *listed[HELP_OPTIONS_MAX])
{
	size_t count = 0;

	for (const struct option *o = options; o && o->kind != OPTION_END; o++) {
		if (option_is_listed(o) && count < HELP_OPTIONS_MAX)
			listed[count++] = o;
	}
	qsort(listed, count, sizeof(const struct option *), option_compare);
	return count;
}

void option_help(const struct option *options, size_t width, struct str *out)
{
	const struct option *listed[HELP_OPTIONS_MAX] = { NULL };
	size_t count = option_sort(options, listed);
	size_t column = 0;

	if (count == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		AUTO_STR struct str left = { 0 };

		option_left(listed[i], &left);
		if (left.len + HELP_GAP > column)
			column = left.len + HELP_GAP;
	}
	str_add(out, "Options:\n");
	width = width > column + HELP_MIN_WIDTH ? width - 1 - column : HELP_MIN_WIDTH;
	for (size_t i = 0; i < count; i++) {
		const struct option *o = listed[i];
		AUTO_STR struct str left = { 0 };

		option_left(o, &left);
		str_printf(out, "%-*s", (int)column, str_text(&left));
		help_wrap(o->help, column, width, out);
	}
}
