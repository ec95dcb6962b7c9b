/*
 * hoy start: start containers that were created or have ended.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "cli/command.h"
#include "cli/foreground.h"
#include "cli/run_options.h"
#include "proto/attach.h"

struct start_options {
	bool is_attached;
	bool is_interactive;
	char *detach_keys;
};

static int start_set_detach_keys(void *values, struct arena *arena, const char *value,
				 struct err *e)
{
	return detach_keys_set(&((struct start_options *)values)->detach_keys, arena, value, e);
}

#define FIELD(name) offsetof(struct start_options, name)
static const struct option start_option_table[] = {
	{ "attach", 'a', OPTION_BOOL, FIELD(is_attached), NULL, NULL,
	  "Attach STDOUT/STDERR and forward signals" },
	{ "detach-keys", 0, OPTION_VALUE, 0, start_set_detach_keys, NULL,
	  "Override the key sequence for detaching a container" },
	{ "interactive", 'i', OPTION_BOOL, FIELD(is_interactive), NULL, NULL,
	  "Attach container's STDIN" },
	{ "checkpoint", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "checkpoint-dir", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static int start_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		     struct err *e)
{
	const struct engine_start_request request = { 0 };
	struct engine_started started;

	(void)cli;
	(void)context;
	return engine_start(engine, name, &request, &started, e);
}

/* Start, or join one that runs already. Returns a client fd or -errno. */
static int start_client(struct engine *engine, const struct container *container,
			uint16_t flags, struct err *e)
{
	struct engine_start_request request;
	struct engine_started started = { .client_fd = -1 };
	int r;

	if (container->liveness.status == STATUS_RUNNING ||
	    container->liveness.status == STATUS_PAUSED)
		return engine_attach(engine, container->record.id, flags, e);
	foreground_request(&container->record.config, flags, &request);
	r = engine_start(engine, container->record.id, &request, &started, e);
	return r < 0 ? r : started.client_fd;
}

static int start_attached(struct cli *cli, const struct start_options *o, const char *name)
{
	struct engine *engine;
	struct container container;
	struct err e = { 0 };
	int r = cli_engine(cli, &engine, &e);
	const struct container_config *config = &container.record.config;
	struct foreground foreground = { .detach_keys = o->detach_keys };
	uint16_t flags = ATTACH_WANT_OUTPUT | ATTACH_WANT_ERROR;

	if (r == 0)
		r = engine_get(engine, name, &cli->arena, &container, &e);
	if (r < 0)
		return cli_report(&e);
	foreground.has_input = o->is_interactive && config->open_stdin;
	if (foreground.has_input)
		flags |= ATTACH_WANT_INPUT;
	if (foreground_check_terminal(config->is_tty, foreground.has_input, &e) < 0)
		return cli_report(&e);
	r = start_client(engine, &container, flags, &e);
	return r < 0 ? cli_report_run(&e)
		     : foreground_serve(cli, container.record.id, r, config, &foreground);
}

int cmd_start(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = start_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct start_options o = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (!o.is_attached && !o.is_interactive)
		return cli_for_each(cli, &args, start_one, NULL, true);
	if (args.count > 1) {
		(void)err_set(&e, ERR_INVALID, -EINVAL,
			      "you cannot start and attach multiple containers at once");
		return cli_report(&e);
	}
	return start_attached(cli, &o, args.items[0]);
}
