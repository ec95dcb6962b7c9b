/*
 * hoy save: images as one archive.
 *
 * Runs in: cli.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output_file.h"

struct save_options {
	char *output;
	char *platform;
	bool is_multiple;
	bool is_quiet;
};

/* podman's names: what is written is both. */
static int set_format(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)values;
	(void)arena;
	if (strcmp(value, "docker-archive") == 0 || strcmp(value, "oci-archive") == 0)
		return 0;
	return err_set(
		e, ERR_UNSUPPORTED, -EOPNOTSUPP,
		"what is written is a docker-archive and an oci-archive in one; there is "
		"no other format");
}

#define FIELD(name) offsetof(struct save_options, name)
static const struct option save_option_table[] = {
	{ "output", 'o', OPTION_TEXT, FIELD(output), NULL, NULL,
	  "Write to a file, instead of STDOUT" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Save only the given platform: os[/arch[/variant]]" },
	{ "compress", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	/* podman's: it is always so */
	{ "format", 0, OPTION_VALUE, 0, set_format, NULL, NULL },
	{ "multi-image-archive", 'm', OPTION_BOOL, FIELD(is_multiple), NULL, NULL, NULL },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

struct save {
	struct engine *engine;
	struct archive_save_request request;
};

static int save_write(void *context, int fd, struct err *e)
{
	struct save *save = context;

	save->request.output_fd = fd;
	return archive_save(&save->engine->state, &save->request, e);
}

int cmd_save(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = save_option_table,
					   .min = 1,
					   .max = CLI_ANY };
	struct save_options o = { 0 };
	struct strv args = { 0 };
	struct save save = { .request.names = &args };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	save.request.platform = o.platform;
	r = output_check(o.output, &e);
	if (r == 0)
		r = cli_engine(cli, &save.engine, &e);
	if (r == 0)
		r = output_file(cli, o.output, save_write, &save, &e);
	return r < 0 ? cli_report(&e) : 0;
}
