/*
 * hoy image inspect.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "cli/command.h"
#include "cli/inspect.h"

struct image_inspect_options {
	char *format;
	char *platform;
};

#define FIELD(name) offsetof(struct image_inspect_options, name)
static const struct option image_inspect_option_table[] = {
	{ "format", 'f', OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'json' or 'TEMPLATE'" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Only images for the given platform: os[/arch[/variant]]" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

struct wanted {
	const char *platform;
	struct strv names; /* of what is here, and for that platform */
};

static int check_one(struct cli *cli, struct engine *engine, const char *name, void *context,
		     struct err *e)
{
	struct wanted *wanted = context;
	struct image image;
	int r = image_find(&engine->state, name, &cli->arena, &image, e);

	if (r == 0)
		r = image_platform_check(&image, name, wanted->platform, e);
	if (r == 0)
		strv_add_borrowed(&wanted->names, &cli->arena, name);
	return r;
}

int cmd_image_inspect(struct cli *cli, char **argv)
{
	static inspect_finder *const finders[] = { inspect_image, NULL };
	const struct cli_syntax syntax = { .options = image_inspect_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct inspect_request request = { .finders = finders, .what = "image" };
	struct image_inspect_options o = { 0 };
	struct wanted wanted = { 0 };
	struct strv args = { 0 };
	int printed;
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.format = o.format;
	if (!o.platform)
		return inspect_print(cli, &request, &args);
	wanted.platform = o.platform;
	exit_code = cli_for_each(cli, &args, check_one, &wanted, false);
	printed = inspect_print(cli, &request, &wanted.names);
	return exit_code != 0 ? exit_code : printed;
}
