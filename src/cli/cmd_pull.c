/*
 * hoy pull: an image from elsewhere into the store.
 *
 * Runs in: cli.
 */
#include <stddef.h>

#include "base/fd.h"
#include "cli/command.h"
#include "cli/load_report.h"
#include "cli/transport.h"

struct pull_options {
	char *platform;
	bool is_quiet;
};

#define FIELD(name) offsetof(struct pull_options, name)
static const struct option pull_option_table[] = {
	{ "all-tags", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
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
		.loaded = o->is_quiet ? load_report_quietly : load_report,
	};
	AUTO_CLOSE int fd = transport_open(transport, e);
	struct engine *engine;
	int r = fd < 0 ? fd : cli_engine(cli, &engine, e);

	*(transport->is_directory ? &request.layout_fd : &request.archive_fd) = fd;
	return r < 0 ? r : archive_load(&engine->state, &request, e);
}

int cmd_pull(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = pull_option_table, .min = 1, .max = 1 };
	struct pull_options o = { 0 };
	struct transport transport;
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (transport_parse(args.items[0], &cli->arena, &transport) > 0)
		r = pull_load(cli, &o, &transport, &e);
	else
		r = err_set(&e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			    "pulling from a registry is not supported yet: %s", args.items[0]);
	return r < 0 ? cli_report(&e) : 0;
}
