/*
 * hoy load: the images of an archive.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/load_report.h"

struct load_options {
	char *input;
	char *platform;
	bool is_quiet;
};

#define FIELD(name) offsetof(struct load_options, name)
static const struct option load_option_table[] = {
	{ "input", 'i', OPTION_TEXT, FIELD(input), NULL, NULL,
	  "Read from tar archive file, instead of STDIN" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Load only the given platform of a multi-platform image: os[/arch[/variant]]" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Suppress the load output" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Returns an fd owned by the caller. */
static int load_open(const char *input, struct err *e)
{
	if (!input && isatty(STDIN_FILENO))
		return err_set(e, ERR_INVALID, -EINVAL,
			       "there is nothing to load: the archive comes by standard input "
			       "or with -i");
	return input_open(input, e);
}

int cmd_load(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = load_option_table };
	struct load_options o = { 0 };
	struct archive_load_request request = { .layout_fd = -EBADF };
	struct load_report report;
	AUTO_CLOSE int fd = -EBADF;
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.platform = o.platform;
	fd = load_open(o.input, &e);
	r = fd < 0 ? fd : cli_engine(cli, &engine, &e);
	request.archive_fd = fd;
	load_report_init(&report, &request, fd);
	if (o.is_quiet) /* what was loaded is said all the same, as docker does */
		request.watcher = (struct load_watcher){ NULL, NULL };
	if (r == 0)
		r = archive_load(&engine->state, &request, &e);
	return r < 0 ? cli_report(&e) : 0;
}
