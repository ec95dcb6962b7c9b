/*
 * hoy rmi: remove images.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"

struct rmi_options {
	bool is_forced;
	bool keeps_parents;
	char *platform;
};

#define FIELD(name) offsetof(struct rmi_options, name)
static const struct option rmi_option_table[] = {
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Force removal of the image" },
	{ "no-prune", 0, OPTION_BOOL, FIELD(keeps_parents), NULL, NULL,
	  "Do not delete untagged parents" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Only if the image is for the given platform: os[/arch[/variant]]" },
	{ "all", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "ignore", 'i', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static int check_platform(struct cli *cli, struct engine *engine, const char *name,
			  const char *platform, struct err *e)
{
	struct image image;
	int r = image_find(&engine->state, name, &cli->arena, &image, e);

	return r < 0 ? r : image_platform_check(&image, name, platform, e);
}

static int rmi_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		   struct err *e)
{
	const struct rmi_options *o = context;
	struct image_remove_request request = { .name = name,
						.is_forced = o->is_forced,
						.keeps_parents = o->keeps_parents };
	struct image_removal removal = { 0 };
	int r = o->platform ? check_platform(cli, engine, name, o->platform, e) : 0;

	if (r == 0)
		r = engine_image_remove(engine, &request, &cli->arena, &removal, e);
	if (r < 0 && o->is_forced && e->kind == ERR_NOT_FOUND) {
		/* As docker: it is said, but what was wanted is so. */
		(void)cli_report(e);
		return CLI_QUIET;
	}
	for (size_t i = 0; r == 0 && i < removal.lines.count; i++)
		(void)puts(removal.lines.items[i]);
	return r;
}

int cmd_rmi(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = rmi_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct rmi_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, rmi_one, &o, false);
}
