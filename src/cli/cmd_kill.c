/*
 * hoy kill: send a signal to containers, SIGKILL unless told otherwise.
 *
 * Runs in: cli.
 */
#include <signal.h>
#include <stddef.h>

#include "cli/command.h"
#include "cli/signal_option.h"

struct kill_options {
	int signal;
};

static int kill_set_signal(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	return signal_option(value, &((struct kill_options *)values)->signal, e);
}

static const struct option kill_option_table[] = {
	{ "signal", 's', OPTION_VALUE, 0, kill_set_signal, NULL,
	  "Signal to send to the container" },
	{ "all", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "latest", 'l', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static int kill_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		    struct err *e)
{
	const struct kill_options *o = context;

	(void)cli;
	return engine_kill(engine, name, o->signal, e);
}

int cmd_kill(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = kill_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct kill_options o = { .signal = SIGKILL };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, kill_one, &o, true);
}
