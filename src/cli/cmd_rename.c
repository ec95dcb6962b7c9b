/*
 * hoy rename: give a container another name.
 *
 * Runs in: cli.
 * See: docker rename(1).
 */
#include "cli/command.h"

int cmd_rename(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .min = 2, .max = 2 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_rename(engine, args.items[0], args.items[1], &e);
	return r < 0 ? cli_report(&e) : 0;
}
