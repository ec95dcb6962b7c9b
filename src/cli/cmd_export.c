/*
 * hoy export: a container's root file system as a tar.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "cli/command.h"
#include "cli/output_file.h"

struct export_options {
	char *output;
};

#define FIELD(name) offsetof(struct export_options, name)
static const struct option export_option_table[] = {
	{ "output", 'o', OPTION_TEXT, FIELD(output), NULL, NULL,
	  "Write to a file, instead of STDOUT" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

struct export
{
	struct engine *engine;
	const char *container;
};

static int export_write(void *context, int fd, struct err *e)
{
	struct export *export = context;

	return engine_export(export->engine, export->container, fd, e);
}

int cmd_export(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = export_option_table, .min = 1, .max = 1 };
	struct export_options o = { 0 };
	struct strv args = { 0 };
	struct export export;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = output_check(o.output, &e);
	if (r == 0)
		r = cli_engine(cli, &export.engine, &e);
	export.container = args.items[0];
	if (r == 0)
		r = output_file(cli, o.output, export_write, &export, &e);
	return r < 0 ? cli_report(&e) : 0;
}
