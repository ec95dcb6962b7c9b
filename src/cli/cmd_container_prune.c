/*
 * hoy container prune: remove all containers that do not run.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/filter.h"

struct prune_options {
	bool is_forced;
	struct strv filters;
};

#define FIELD(name) offsetof(struct prune_options, name)
static const struct option prune_option_table[] = {
	{ "filter", 0, OPTION_FILTER, FIELD(filters), NULL, "filter",
	  "Provide filter values (\"label=<key>[=<value>]\")" },
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Do not prompt for confirmation" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

static const char *const prune_filter_keys[] = { "label", NULL };

static bool prune_is_wanted(const struct container *container, const struct prune_options *o)
{
	enum container_status status = container->liveness.status;

	/* A damaged one may run: rm -f is for it. */
	return !container->is_damaged &&
	       (status == STATUS_EXITED || status == STATUS_CREATED || status == STATUS_DEAD) &&
	       filter_all(&o->filters, "label", filter_matches_label,
			  &container->record.config.labels);
}

static int prune_all(struct engine *engine, const struct container *containers, size_t count,
		     const struct prune_options *o)
{
	bool has_title = false;
	int exit_code = 0;

	for (size_t i = 0; i < count; i++) {
		const char *id = containers[i].record.id;
		struct err e = { 0 };

		if (!prune_is_wanted(&containers[i], o))
			continue;
		/* Somebody else was faster, or has started it: both are fine. */
		if (engine_remove(engine, id, false, false, &e) < 0) {
			if (e.kind != ERR_NOT_FOUND && e.kind != ERR_CONFLICT)
				exit_code = cli_report(&e);
			continue;
		}
		(void)printf("%s%s\n", has_title ? "" : "Deleted Containers:\n", id);
		has_title = true;
	}
	if (has_title)
		(void)puts("");
	return exit_code;
}

int cmd_container_prune(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = prune_option_table };
	struct prune_options o = { 0 };
	struct container *containers;
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	size_t count;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = filter_check(&o.filters, prune_filter_keys, &e);
	if (r < 0)
		return cli_report(&e);
	if (!o.is_forced && !confirm("WARNING! This will remove all stopped containers."))
		return EXIT_FAILED;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_list(engine, &cli->arena, &containers, &count, &e);
	return r < 0 ? cli_report(&e) : prune_all(engine, containers, count, &o);
}
