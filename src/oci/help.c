/*
 * The help texts.
 *
 * Runs in: runtime.
 */
#include <stdio.h>

#include "oci/command_table.h"

enum { HELP_WIDTH = 100 };

void oci_help(void)
{
	AUTO_STR struct str text = { 0 };

	str_add(&text, "Usage:  hoy-runtime [GLOBAL OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\n"
		       "OCI runtime with the command line of runc\n\nCommands:\n");
	for (const struct oci_command *c = oci_commands; c->name; c++) {
		if (c->summary)
			str_printf(&text, "  %-11s %s\n", c->name, c->summary);
	}
	str_add(&text, "\nGlobal ");
	option_help(oci_global_options, HELP_WIDTH, &text);
	(void)fputs(str_text(&text), stdout);
}

void oci_help_command(const char *name, const struct oci_syntax *syntax)
{
	const struct oci_command *command = oci_command_find(name);
	AUTO_STR struct str text = { 0 };

	str_printf(&text, "Usage:  hoy-runtime %s [OPTIONS]%s%s\n\n%s\n\n", name,
		   syntax->arguments ? " " : "", syntax->arguments ? syntax->arguments : "",
		   command && command->summary ? command->summary : "");
	option_help(syntax->options, HELP_WIDTH, &text);
	(void)fputs(str_text(&text), stdout);
}
