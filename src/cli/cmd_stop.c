/*
 * hoy stop: ask containers to end, and kill those that do not in time.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/stop_options.h"

enum { BATCH_MAX = 64 /* each that is being stopped needs a descriptor */ };

static const struct option stop_option_table[] = {
	{ "signal", 's', OPTION_VALUE, 0, stop_options_signal, NULL,
	  "Signal to send to the container" },
	{ "timeout", 't', OPTION_VALUE, 0, stop_options_timeout, "int",
	  "Seconds to wait before killing the container" },
	{ "time", 0, OPTION_VALUE, 0, stop_options_timeout, NULL, NULL },
	{ "all", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "latest", 'l', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

/* As docker: all get their signal, then all are waited for. */
static int stop_some(struct engine *engine, char *const *names, size_t count,
		     const struct stop_options *o)
{
	struct engine_stopping stopping[BATCH_MAX];
	bool has_begun[BATCH_MAX];
	int exit_code = 0;

	for (size_t i = 0; i < count; i++) {
		struct err e = { 0 };

		has_begun[i] = engine_stop_begin(engine, names[i], o->signal, o->timeout,
						 &stopping[i], &e) == 0;
		if (!has_begun[i])
			exit_code = cli_report(&e);
	}
	for (size_t i = 0; i < count; i++) {
		struct err e = { 0 };

		if (!has_begun[i])
			continue;
		if (engine_stop_end(engine, &stopping[i], &e) < 0) {
			exit_code = cli_report(&e);
			continue;
		}
		stop_options_tell(names[i], &stopping[i].report);
		(void)puts(names[i]);
	}
	return exit_code;
}

int cmd_stop(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = stop_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct stop_options o = { .timeout = STOP_OWN };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (cli_engine(cli, &engine, &e) < 0)
		return cli_report(&e);
	exit_code = 0;
	for (size_t i = 0; i < args.count; i += BATCH_MAX) {
		size_t left = args.count - i;
		int r = stop_some(engine, args.items + i, left < BATCH_MAX ? left : BATCH_MAX,
				  &o);

		exit_code = r ? r : exit_code;
	}
	return exit_code;
}
