/*
 * hoy logout: credentials of a registry are forgotten.
 *
 * Runs in: cli.
 */
#include <stdio.h>

#include "cli/command.h"
#include "engine/login.h"

int cmd_logout(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .min = 0, .max = 1 };
	struct reference registry;
	struct strv args = { 0 };
	struct err e = { 0 };
	const char *name;
	bool was_there;
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	r = login_registry(args.count > 0 ? args.items[0] : NULL, &registry, &e);
	if (r == 0)
		r = credentials_erase(registry.registry, &was_there, &e);
	if (r < 0)
		return cli_report(&e);
	name = args.count > 0 ? args.items[0] : credentials_key(registry.registry);
	(void)printf(was_there ? "Removing login credentials for %s\n"
			       : "Not logged in to %s\n",
		     name);
	return 0;
}
