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
};

#define FIELD(name) offsetof(struct image_inspect_options, name)
static const struct option image_inspect_option_table[] = {
	{ "format", 'f', OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'json' or 'TEMPLATE'" },
	{ "platform", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

int cmd_image_inspect(struct cli *cli, char **argv)
{
	static inspect_finder *const finders[] = { inspect_image, NULL };
	const struct cli_syntax syntax = { .options = image_inspect_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct image_inspect_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return inspect_print(cli,
			     &(struct inspect_request){
				     .finders = finders, .what = "image", .format = o.format },
			     &args);
}
