/*
 * hoy import: an image from the tar of a root file system: of a file, of standard input, of a URL.
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

/* What is printed of it: of a download docker's line, and on a terminal how far it is. */
struct import_report {
	const char *url; /* NULL: none */
	bool is_terminal;
	bool has_begun;
	struct read_report reading;
};

static void import_progress(void *context, const struct load_progress *progress)
{
	struct import_report *report = context;

	if (progress->event != LOAD_READING) {
		read_report_erase(&report->reading);
		return;
	}
	if (report->url && !report->has_begun)
		(void)printf("Downloading from %s\n", report->url);
	(void)fflush(stdout);
	report->has_begun = true;
	if (progress->size > 0)
		report->reading.size = progress->size;
	if (report->is_terminal)
		read_report_draw(&report->reading, progress->bytes);
}

/* A file's fd is owned by the caller. */
static int import_open(const char *source, struct image_import_request *request, struct err *e)
{
	if (str_starts(source, "http://") || str_starts(source, "https://")) {
		request->url = request->source_name = source;
		return 0;
	}
	/* docker's word, for files too */
	request->source_name = "-";
	request->input_fd = input_open(strcmp(source, "-") == 0 ? NULL : source, e);
	return request->input_fd < 0 ? request->input_fd : 0;
}

int cmd_import(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = import_option_table, .min = 1, .max = 2 };
	struct import_options o = { 0 };
	struct import_report report = { .is_terminal = isatty(STDOUT_FILENO) == 1 };
	struct image_import_request request = { .input_fd = -EBADF,
						.watcher = { import_progress, &report } };
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
	r = import_open(args.items[0], &request, &e);
	if (r == 0)
		r = cli_engine(cli, &engine, &e);
	report.url = request.url;
	read_report_init(&report.reading, stdout, "Importing", request.input_fd);
	if (r == 0)
		r = image_import(&engine->state, &request, id, &e);
	(void)fd_close(request.input_fd);
	if (r < 0)
		return cli_report(&e);
	(void)puts(id);
	return 0;
}
