/*
 * hoy logout: credentials of a registry are forgotten.
 *
 * Runs in: cli.
 */
#include <stdio.h>

#include "cli/command.h"
#include "engine/login.h"

/* Another tool's file is not ours to change, but who logs out wants to know. */
static void warn_of_others(const struct reference *registry, const char *name)
{
	AUTO_ARENA struct arena arena = { .is_secret = true };
	struct registry_credentials others;

	if (login_stored(registry, &arena, &others, NULL) == 0 &&
	    !credentials_are_empty(&others))
		(void)fprintf(stderr,
			      "WARNING! Another tool has stored credentials for %s, which are "
			      "used from now on: log out with that tool (docs/images.md says "
			      "where they are looked up).\n",
			      name);
}

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
	(void)fflush(stdout);
	warn_of_others(&registry, name);
	return 0;
}
