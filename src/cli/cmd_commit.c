/*
 * hoy commit: an image from what a container has changed.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"

struct commit_options {
	struct strv changes;
	char *author;
	char *message;
	bool is_pausing;
	bool is_not_pausing;
};

#define FIELD(name) offsetof(struct commit_options, name)
static const struct option commit_option_table[] = {
	{ "author", 'a', OPTION_TEXT, FIELD(author), NULL, NULL,
	  "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")" },
	{ "change", 'c', OPTION_LIST, FIELD(changes), NULL, NULL,
	  "Apply Dockerfile instruction to the created image" },
	{ "message", 'm', OPTION_TEXT, FIELD(message), NULL, NULL, "Commit message" },
	{ "no-pause", 0, OPTION_BOOL, FIELD(is_not_pausing), NULL, NULL,
	  "Disable pausing container during commit" },
	{ "pause", 'p', OPTION_BOOL, FIELD(is_pausing), NULL, NULL,
	  "Pause container during commit (default true)" },
	{ "format", 'f', OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "iidfile", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "include-volumes", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "quiet", 'q', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "squash", 's', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

int cmd_commit(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = commit_option_table, .min = 1, .max = 2 };
	struct commit_options o = { .is_pausing = true };
	struct engine_commit_request request = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	char id[DIGEST_SIZE];
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.reference = args.count > 1 ? args.items[1] : NULL;
	request.author = o.author;
	request.message = o.message;
	request.changes = o.changes;
	request.is_pausing = o.is_pausing && !o.is_not_pausing;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_commit(engine, args.items[0], &request, id, &e);
	if (r < 0)
		return cli_report(&e);
	(void)puts(id);
	return 0;
}
