/*
 * hoy rm: remove containers.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "cli/command.h"

struct rm_options {
	bool is_forced;
	bool with_volumes;
};

#define FIELD(name) offsetof(struct rm_options, name)
static const struct option rm_option_table[] = {
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Force the removal of a running container (uses SIGKILL)" },
	{ "volumes", 'v', OPTION_BOOL, FIELD(with_volumes), NULL, NULL,
	  "Remove anonymous volumes associated with the container" },
	{ "link", 'l', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "all", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "time", 't', OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static int rm_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		  struct err *e)
{
	const struct rm_options *o = context;
	int r = engine_remove(engine, name, o->is_forced, o->with_volumes, e);

	(void)cli;
	if (r < 0 && o->is_forced && e->kind == ERR_NOT_FOUND) {
		/* As docker: it is said, but what was wanted is so. */
		(void)cli_report(e);
		return CLI_QUIET;
	}
	return r;
}

int cmd_rm(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = rm_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct rm_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, rm_one, &o, true);
}
