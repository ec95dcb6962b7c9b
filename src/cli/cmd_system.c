/*
 * hoy system check, hoy system reset, and what a monitor executes: hoy internal reap, hoy internal
 * relay, hoy internal resolver.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>

#include "base/id.h"
#include "cli/command.h"
#include "cli/confirm.h"

struct system_options {
	bool is_repairing;
	bool is_forced;
};

#define FIELD(name) offsetof(struct system_options, name)
static const struct option check_option_table[] = {
	{ "repair", 0, OPTION_BOOL, FIELD(is_repairing), NULL, NULL,
	  "Mend what can be mended" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
static const struct option reset_option_table[] = {
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Do not prompt for confirmation" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Silent and 0 when all is well; the findings and 1 when not. */
int cmd_system_check(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = check_option_table };
	struct system_options o = { 0 };
	AUTO_STR struct str findings = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	size_t count = 0;
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_check(engine, o.is_repairing, &findings, &count, &e);
	if (r == 0)
		r = str_ok(&findings);
	(void)fputs(str_text(&findings), stdout);
	if (r < 0)
		return cli_report(&e);
	return count > 0 ? EXIT_FAILED : 0;
}

int cmd_system_reset(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = reset_option_table };
	struct system_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (!o.is_forced && !confirm("WARNING! This will kill and remove all containers, and "
				     "remove all volumes and images."))
		return EXIT_FAILED;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_reset(engine, &e);
	return r < 0 ? cli_report(&e) : 0;
}

typedef int internal_verb(struct engine *engine, const char *id, struct err *e);

static int run_internal(struct cli *cli, char **argv, internal_verb *verb)
{
	const struct cli_syntax syntax = { .min = 1, .max = 1 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	if (!id_is_valid(args.items[0])) {
		(void)err_set(&e, ERR_INVALID, -EINVAL, "not an id: %s", args.items[0]);
		return cli_report_usage(cli, &e);
	}
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = verb(engine, args.items[0], &e);
	return r < 0 ? cli_report(&e) : 0;
}

int cmd_internal_reap(struct cli *cli, char **argv)
{
	return run_internal(cli, argv, engine_reap);
}

int cmd_internal_relay(struct cli *cli, char **argv)
{
	return run_internal(cli, argv, engine_relay);
}

int cmd_internal_resolver(struct cli *cli, char **argv)
{
	return run_internal(cli, argv, engine_resolve);
}
