/*
 * hoy wait: until containers have ended; prints their exit codes.
 *
 * Runs in: cli.
 */
#include <stdio.h>

#include "cli/command.h"

static int wait_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		    struct err *e)
{
	int code;
	int r = engine_wait(engine, name, &code, e);

	(void)cli;
	(void)context;
	if (r < 0)
		return r;
	(void)printf("%d\n", code);
	(void)fflush(stdout);
	return 0;
}

int cmd_wait(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .min = 1, .max = CLI_ANY };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, wait_one, NULL, false);
}
