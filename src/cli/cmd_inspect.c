/*
 * hoy inspect, hoy container inspect: everything about containers, images, volumes.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <string.h>

#include "cli/command.h"
#include "cli/inspect.h"

struct inspect_options {
	char *format;
	char *type;
};

#define FIELD(name) offsetof(struct inspect_options, name)
#define FORMAT_OPTION                                                                 \
	{                                                                             \
		"format", 'f', OPTION_TEXT, FIELD(format), NULL, NULL,                \
			"Format output using a custom template: 'json' or 'TEMPLATE'" \
	}
static const struct option inspect_option_table[] = {
	FORMAT_OPTION,
	{ "size", 's', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "type", 0, OPTION_TEXT, FIELD(type), NULL, NULL,
	  "Only inspect objects of the given type (container, image, network, volume)" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
static const struct option container_inspect_option_table[] = {
	FORMAT_OPTION,
	{ "size", 's', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static inspect_finder *const finders_all[] = { inspect_container, inspect_image, inspect_volume,
					       inspect_network, NULL };
static inspect_finder *const finders_container[] = { inspect_container, NULL };
static inspect_finder *const finders_image[] = { inspect_image, NULL };
static inspect_finder *const finders_volume[] = { inspect_volume, NULL };
static inspect_finder *const finders_network[] = { inspect_network, NULL };

static int inspect_choose(const char *type, struct inspect_request *request, struct err *e)
{
	static const char *const later[] = { "node", "plugin", "secret", "service",
					     "task", "config", NULL };

	request->what = type;
	if (!type) {
		request->what = "object";
		request->finders = finders_all;
	} else if (strcmp(type, "container") == 0) {
		request->finders = finders_container;
	} else if (strcmp(type, "image") == 0) {
		request->finders = finders_image;
	} else if (strcmp(type, "volume") == 0) {
		request->finders = finders_volume;
	} else if (strcmp(type, "network") == 0) {
		request->finders = finders_network;
	} else {
		for (const char *const *word = later; *word; word++) {
			if (strcmp(*word, type) == 0)
				return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
					       "--type %s is not supported yet", type);
		}
		return err_set(e, ERR_INVALID, -EINVAL,
			       "\"%s\" is not a valid value for --type", type);
	}
	return 0;
}

int cmd_inspect(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = inspect_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct inspect_request request = { 0 };
	struct inspect_options o = { 0 };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (inspect_choose(o.type, &request, &e) < 0)
		return cli_report(&e);
	request.format = o.format;
	return inspect_print(cli, &request, &args);
}

int cmd_container_inspect(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = container_inspect_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct inspect_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return inspect_print(cli,
			     &(struct inspect_request){ .finders = finders_container,
							.what = "container",
							.format = o.format },
			     &args);
}
