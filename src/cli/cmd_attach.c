/*
 * hoy attach: our standard streams connected to a running container.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "cli/command.h"
#include "cli/foreground.h"
#include "cli/run_options.h"
#include "proto/attach.h"

struct attach_options {
	bool is_sig_proxy;
	bool has_no_stdin;
	char *detach_keys;
};

static int attach_set_detach_keys(void *values, struct arena *arena, const char *value,
				  struct err *e)
{
	return detach_keys_set(&((struct attach_options *)values)->detach_keys, arena, value,
			       e);
}

#define FIELD(name) offsetof(struct attach_options, name)
static const struct option attach_option_table[] = {
	{ "detach-keys", 0, OPTION_VALUE, 0, attach_set_detach_keys, NULL,
	  "Override the key sequence for detaching a container" },
	{ "no-stdin", 0, OPTION_BOOL, FIELD(has_no_stdin), NULL, NULL, "Do not attach STDIN" },
	{ "sig-proxy", 0, OPTION_BOOL, FIELD(is_sig_proxy), NULL, NULL,
	  "Proxy all received signals to the process (default true)" },
	{ "latest", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static int attach_check(const struct container *container, bool has_input, struct err *e)
{
	if (container->liveness.status == STATUS_PAUSED)
		return err_set(e, ERR_CONFLICT, -EBUSY,
			       "cannot attach to a paused container, unpause it first");
	if (container->liveness.status != STATUS_RUNNING)
		return err_set(e, ERR_CONFLICT, -ESRCH,
			       "cannot attach to a stopped container, start it first");
	return foreground_check_terminal(container->record.config.is_tty, has_input, e);
}

int cmd_attach(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = attach_option_table, .min = 1, .max = 1 };
	struct attach_options o = { .is_sig_proxy = true };
	struct foreground foreground = { 0 };
	uint16_t flags = ATTACH_WANT_OUTPUT | ATTACH_WANT_ERROR;
	struct strv args = { 0 };
	struct container container;
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_get(engine, args.items[0], &cli->arena, &container, &e);
	if (r < 0)
		return cli_report(&e);
	foreground.has_input = !o.has_no_stdin && container.record.config.open_stdin;
	/* With a terminal the keys do it: ^C is typed, not sent. */
	foreground.is_sig_proxy_off = !o.is_sig_proxy || container.record.config.is_tty;
	foreground.detach_keys = o.detach_keys;
	if (foreground.has_input)
		flags |= ATTACH_WANT_INPUT;
	r = attach_check(&container, foreground.has_input, &e);
	if (r == 0)
		r = engine_attach(engine, container.record.id, flags, &e);
	return r < 0 ? cli_report(&e)
		     : foreground_serve(cli, container.record.id, r, &container.record.config,
					&foreground);
}
