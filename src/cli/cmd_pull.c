/*
 * hoy pull: an image from elsewhere into the store.
 *
 * Runs in: cli.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/load_report.h"
#include "cli/pull_report.h"
#include "cli/transport.h"
#include "format/reference.h"

struct pull_options {
	char *platform;
	bool is_quiet;
	bool has_all_tags;
};

#define FIELD(name) offsetof(struct pull_options, name)
static const struct option pull_option_table[] = {
	{ "all-tags", 'a', OPTION_BOOL, FIELD(has_all_tags), NULL, NULL,
	  "Download all tagged images in the repository" },
	{ "platform", 0, OPTION_TEXT, FIELD(platform), NULL, NULL,
	  "Set platform if server is multi-platform capable" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Suppress verbose output" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static int pull_load(struct cli *cli, const struct pull_options *o,
		     const struct transport *transport, struct err *e)
{
	struct archive_load_request request = {
		.archive_fd = -EBADF,
		.layout_fd = -EBADF,
		.platform = o->platform,
		.name = transport->name,
		.loaded = load_report_quietly,
	};
	struct load_report report;
	AUTO_CLOSE int fd = transport_open(transport, e);
	struct engine *engine;
	int r = fd < 0 ? fd : cli_engine(cli, &engine, e);

	*(transport->is_directory ? &request.layout_fd : &request.archive_fd) = fd;
	if (!o->is_quiet)
		load_report_init(&report, &request, fd);
	return r < 0 ? r : archive_load(&engine->state, &request, e);
}

/* The whole name, which docker prints last; of all tags the repository's. */
static void pull_print_name(char *full, bool has_all_tags)
{
	char *slash = strrchr(full, '/');

	if (has_all_tags && slash)
		slash[strcspn(slash, ":")] = '\0';
	if (full[0])
		(void)puts(full);
}

static int pull_registry(struct cli *cli, const struct pull_options *o, const char *name,
			 struct err *e)
{
	struct pull_report report;
	struct image_pull_request request = { .name = name,
					      .platform = o->platform,
					      .has_all_tags = o->has_all_tags,
					      .progress = pull_report_progress,
					      .pulled = pull_report_pulled,
					      .failed = pull_report_failed,
					      .context = &report };
	struct engine *engine;
	int r = cli_engine(cli, &engine, e);

	if (r < 0)
		return r;
	pull_report_init(&report, stdout, o->is_quiet);
	if (!o->is_quiet && !o->has_all_tags && reference_means_latest(name))
		(void)puts("Using default tag: latest");
	(void)fflush(stdout);
	r = image_pull(&engine->state, &request, e);
	pull_report_done(&report);
	if (r == 0)
		pull_print_name(report.full, o->has_all_tags);
	return r;
}

int cmd_pull(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = pull_option_table, .min = 1, .max = 1 };
	struct pull_options o = { 0 };
	struct transport transport;
	struct strv args = { 0 };
	struct err e = { 0 };
	const char *name;
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	name = args.items[0];
	if (str_starts(name, "docker://"))
		name += strlen("docker://");
	r = transport_parse(name, &cli->arena, &transport) > 0
		    ? pull_load(cli, &o, &transport, &e)
		    : pull_registry(cli, &o, name, &e);
	return r < 0 ? cli_report(&e) : 0;
}
