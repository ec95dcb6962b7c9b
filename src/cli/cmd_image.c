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

/* What is here, and for that platform; of all others it is said why not. Returns the exit code. */
static int find_wanted(struct cli *cli, const char *platform, const struct strv *names,
		       struct strv *ret)
{
	struct engine *engine;
	struct err e = { 0 };
	int exit_code = 0;

	if (cli_engine(cli, &engine, &e) < 0)
		return cli_report(&e);
	for (size_t i = 0; i < names->count; i++) {
		struct image image;

		e = (struct err){ 0 };
		if (image_find(&engine->state, names->items[i], &cli->arena, &image, &e) < 0 ||
		    image_platform_check(&image, names->items[i], platform, &e) < 0)
			exit_code = cli_report(&e);
		else
			strv_add_borrowed(ret, &cli->arena, names->items[i]);
	}
	return exit_code;
}

int cmd_image_inspect(struct cli *cli, char **argv)
{
	static inspect_finder *const finders[] = { inspect_image, NULL };
	const struct cli_syntax syntax = { .options = image_inspect_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct inspect_request request = { .finders = finders, .what = "image" };
	struct image_inspect_options o = { 0 };
	struct strv wanted = { 0 };
	struct strv args = { 0 };
	int printed;
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.format = o.format;
	if (!o.platform)
		return inspect_print(cli, &request, &args);
	exit_code = find_wanted(cli, o.platform, &args, &wanted);
	printed = inspect_print(cli, &request, &wanted);
	return exit_code != 0 ? exit_code : printed;
}
