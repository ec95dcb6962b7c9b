/*
 * hoy create: make a container without starting it.
 *
 * Runs in: cli.
 */
#include <stdio.h>

#include "cli/cidfile.h"
#include "cli/command.h"
#include "cli/image_ensure.h"
#include "cli/run_options.h"

static int create_once(struct cli *cli, struct run_options *o, char ret_id[ID_SIZE],
		       struct err *e)
{
	const struct engine_create_request request = { .name = o->name,
						       .config = &o->config,
						       .arena = &cli->arena,
						       .is_platform_chosen =
							       o->platform != NULL };
	struct engine *engine;
	struct cidfile cidfile;
	int r = cidfile_open(&cidfile, o->config.cidfile, e);

	if (r < 0)
		return r;
	r = cli_engine(cli, &engine, e);
	if (r == 0)
		r = engine_create(engine, &request, ret_id, e);
	if (r < 0) {
		cidfile_abandon(&cidfile);
		return r;
	}
	return cidfile_write(&cidfile, ret_id, e);
}

static int create_container(struct cli *cli, struct run_options *o, char ret_id[ID_SIZE],
			    struct err *e)
{
	struct engine *engine;
	int r = cli_engine(cli, &engine, e);

	if (r == 0)
		r = image_ensure(engine, o, &cli->arena, e);
	if (r < 0)
		return r;
	r = create_once(cli, o, ret_id, e);
	if (r == 0)
		return 0;
	r = image_ensure_missing(engine, o, r, &cli->arena, e);
	return r < 0 ? r : create_once(cli, o, ret_id, e);
}

int cmd_create(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = create_option_table,
					   .min = 1,
					   .max = CLI_ANY,
					   .stops_at_argument = true };
	struct run_options o;
	struct strv args = { 0 };
	struct err e = { 0 };
	char id[ID_SIZE];
	int exit_code;

	run_options_init(&o);
	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (run_options_finish(&o, &args, &cli->arena, &e) < 0)
		return cli_report_usage(cli, &e);
	if (create_container(cli, &o, id, &e) < 0)
		return cli_report_run(&e);
	(void)puts(id);
	return 0;
}
