/*
 * hoy restart: stop containers, and start them again.
 *
 * Runs in: cli.
 * See: docker restart(1).
 */
#include "cli/command.h"
#include "cli/stop_options.h"

static const struct option restart_option_table[] = {
	{ "signal", 's', OPTION_VALUE, 0, stop_options_signal, NULL,
	  "Signal to send to the container" },
	{ "timeout", 't', OPTION_VALUE, 0, stop_options_timeout, "int",
	  "Seconds to wait before killing the container" },
	{ "time", 0, OPTION_VALUE, 0, stop_options_timeout, NULL, NULL },
	{ "all", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "latest", 'l', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "running", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

static int restart_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		       struct err *e)
{
	const struct stop_options *o = context;
	struct engine_stop_report report = { 0 };
	int r = engine_restart(engine, name, o->signal, o->timeout, &report, e);

	(void)cli;
	if (r == 0)
		stop_options_tell(name, &report);
	return r;
}

int cmd_restart(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = restart_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct stop_options o = { .timeout = STOP_OWN };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, restart_one, &o, true);
}
