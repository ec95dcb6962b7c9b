/*
 * hoy run: create and start a container, and stay with it unless -d.
 *
 * Runs in: cli.
 */
#include <stdio.h>

#include "cli/cidfile.h"
#include "cli/command.h"
#include "cli/foreground.h"
#include "cli/image_ensure.h"
#include "cli/run_options.h"
#include "proto/attach.h"

/* From a checked request to a started container; its id is in the cidfile then. */
static int run_once(struct cli *cli, struct run_options *o,
		    const struct engine_start_request *start, struct engine_started *ret,
		    struct err *e)
{
	const struct engine_create_request create = { .name = o->name,
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
		r = engine_run(engine, &create, start, ret, e);
	if (r < 0) {
		cidfile_abandon(&cidfile);
		return r;
	}
	if (cidfile_write(&cidfile, ret->id, e) < 0)
		(void)cli_report(e);
	return 0;
}

static int run_start(struct cli *cli, struct run_options *o,
		     const struct engine_start_request *start, struct engine_started *ret,
		     struct err *e)
{
	struct engine *engine;
	int r = cli_engine(cli, &engine, e);

	if (r == 0)
		r = image_ensure(engine, o, &cli->arena, e);
	if (r < 0)
		return r;
	r = run_once(cli, o, start, ret, e);
	if (r == 0)
		return 0;
	r = image_ensure_missing(engine, o, r, &cli->arena, e);
	return r < 0 ? r : run_once(cli, o, start, ret, e);
}

static int run_container(struct cli *cli, struct run_options *o)
{
	uint16_t flags = o->is_detached ? 0 : foreground_flags(&o->config);
	const struct foreground foreground = {
		.has_input = (flags & ATTACH_WANT_INPUT) != 0,
		.is_sig_proxy_off = o->is_sig_proxy_off,
		.detach_keys = o->config.detach_keys,
	};
	struct engine_start_request start;
	struct engine_started started = { .client_fd = -1 };
	struct err e = { 0 };

	if (foreground_check_terminal(o->config.is_tty, foreground.has_input, &e) < 0)
		return cli_report(&e);
	foreground_request(&o->config, flags, &start);
	if (run_start(cli, o, &start, &started, &e) < 0)
		return cli_report_run(&e);
	/* As docker: whoever sees no output sees the id. */
	if (!o->config.attach_stdout && !o->config.attach_stderr) {
		(void)puts(started.id);
		(void)fflush(stdout);
	}
	if (flags == 0)
		return 0;
	return foreground_serve(cli, started.id, started.client_fd, &o->config, &foreground);
}

int cmd_run(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = {
		.options = run_option_table, .min = 1, .max = CLI_ANY, .stops_at_argument = true
	};
	struct run_options o;
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	run_options_init(&o);
	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (run_options_finish(&o, &args, &cli->arena, &e) < 0)
		return cli_report_usage(cli, &e);
	return run_container(cli, &o);
}
