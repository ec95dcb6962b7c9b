/*
 * hoy import: an image from the tar of a root file system.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/read_report.h"

struct import_options {
	struct strv changes;
	char *message;
	char *platform;
};

#define FIELD(name) offsetof(struct import_options, name)
static const struct option import_option_table[] = {
	{ "change", 'c', OPTION_LIST, FIELD(changes), NULL, NULL,
	  "Apply Dockerfile instruction to the created image" },
	{ "message", 'm', OPTION_TEXT, FIELD(message), NULL, NULL,
	  "Set commit message for imported image" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Set what the image is for: os[/arch[/variant]] (default: this machine)" },
	{ "quiet", 'q', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "arch", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "os", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "variant", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Returns an fd owned by the caller. */
static int import_open(const char *file, struct err *e)
{
	if (str_starts(file, "http://") || str_starts(file, "https://"))
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "importing from a URL is not supported yet: %s", file);
	return input_open(strcmp(file, "-") == 0 ? NULL : file, e);
}

static void import_progress(void *context, const struct load_progress *progress)
{
	if (progress->event == LOAD_READING)
		read_report_draw(context, progress->bytes);
	else
		read_report_erase(context);
}

int cmd_import(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = import_option_table, .min = 1, .max = 2 };
	struct import_options o = { 0 };
	/* docker's word, for files too */
	struct image_import_request request = { .source_name = "-" };
	struct read_report report;
	AUTO_CLOSE int fd = -EBADF;
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	char id[DIGEST_SIZE];
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.changes = o.changes;
	request.message = o.message;
	request.platform = o.platform;
	request.reference = args.count > 1 ? args.items[1] : NULL;
	fd = import_open(args.items[0], &e);
	r = fd < 0 ? fd : cli_engine(cli, &engine, &e);
	request.input_fd = fd;
	read_report_init(&report, stdout, "Importing", fd);
	if (isatty(STDOUT_FILENO) == 1)
		request.watcher =
			(struct load_watcher){ .tell = import_progress, .context = &report };
	if (r == 0)
		r = image_import(&engine->state, &request, id, &e);
	if (r < 0)
		return cli_report(&e);
	(void)puts(id);
	return 0;
}
