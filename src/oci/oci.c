/*
 * See oci.h: what commands share.
 *
 * Runs in: runtime.
 */
#include "oci/oci.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/text.h"
#include "oci/command_table.h"
#include "oci/log.h"

/* One line: a hint follows in parentheses, and nothing in it moves a terminal's cursor. */
static void sentence_add(const struct err *e, struct str *out)
{
	const char *text = e->text[0] ? e->text : strerror(e->code < 0 ? -e->code : ENOMEM);
	const char *hint = strstr(text, "\nhint: ");
	size_t len = hint ? (size_t)(hint - text) : strlen(text);

	text_printable(text, len, out);
	if (!hint)
		return;
	str_add(out, " (");
	text_printable(hint + 1, strlen(hint + 1), out);
	str_add_char(out, ')');
}

int oci_report(const struct oci *oci, const struct err *e)
{
	AUTO_STR struct str sentence = { 0 };

	sentence_add(e, &sentence);
	(void)fflush(stdout);
	oci_log_write(oci, LOG_LEVEL_ERROR, str_text(&sentence));
	if (oci->log_path)
		(void)fprintf(stderr, "%s\n", str_text(&sentence));
	return OCI_FAILED;
}

static int refuse_count(const struct oci *oci, const struct oci_syntax *syntax, size_t count)
{
	bool is_less = count < syntax->min;
	size_t wanted = is_less ? syntax->min : syntax->max;
	struct err e = { 0 };

	(void)err_set(&e, ERR_INVALID, -EINVAL,
		      "%s: %zu argument%s given, %s %zu expected: %s [OPTIONS] %s",
		      oci->command_name, count, count == 1 ? "" : "s",
		      syntax->min == syntax->max ? "exactly"
		      : is_less			 ? "at least"
						 : "at most",
		      wanted, oci->command_name, syntax->arguments ? syntax->arguments : "");
	return oci_report(oci, &e);
}

bool oci_parse(struct oci *oci, const struct oci_syntax *syntax, char **argv, void *values,
	       struct strv *ret_args, int *ret_exit)
{
	struct err e = { 0 };
	int r = option_parse(syntax->options, syntax->stops_at_argument, argv, values,
			     &oci->arena, ret_args, &e);

	if (r == OPTION_WANTS_HELP) {
		oci_help_command(oci->command_name, syntax);
		*ret_exit = 0;
		return false;
	}
	if (r < 0) {
		(void)err_wrap(&e, r, "%s", oci->command_name);
		*ret_exit = oci_report(oci, &e);
		return false;
	}
	if (ret_args->count < syntax->min || ret_args->count > syntax->max) {
		*ret_exit = refuse_count(oci, syntax, ret_args->count);
		return false;
	}
	return true;
}
