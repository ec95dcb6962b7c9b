/*
 * hoy container prune, image prune, network prune, volume prune, system prune.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/confirm.h"
#include "cli/prune.h"

struct prune_options {
	bool is_all;
	bool is_forced;
	bool has_volumes;
	struct strv filters;
};

#define FIELD(name) offsetof(struct prune_options, name)
#define OPTION_FORCE                                                     \
	{                                                                \
		"force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL, \
			"Do not prompt for confirmation"                 \
	}
#define OPTION_FILTERS(text)                                                       \
	{                                                                          \
		"filter", 0, OPTION_FILTER, FIELD(filters), NULL, "filter", (text) \
	}
#define OPTIONS_END                                      \
	{                                                \
		NULL, 0, OPTION_END, 0, NULL, NULL, NULL \
	}

static const struct option container_options[] = {
	OPTION_FILTERS("Provide filter values (\"until=<timestamp>\", \"label=<key>\")"),
	OPTION_FORCE,
	OPTIONS_END,
};
static const struct option image_options[] = {
	{ "all", 'a', OPTION_BOOL, FIELD(is_all), NULL, NULL,
	  "Remove all unused images, not just dangling ones" },
	OPTION_FILTERS("Provide filter values (\"until=<timestamp>\", \"label=<key>\")"),
	OPTION_FORCE,
	{ "build-cache", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "external", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	OPTIONS_END,
};
static const struct option network_options[] = {
	OPTION_FILTERS("Provide filter values (\"until=<timestamp>\", \"label=<key>\")"),
	OPTION_FORCE,
	OPTIONS_END,
};
static const struct option volume_options[] = {
	{ "all", 'a', OPTION_BOOL, FIELD(is_all), NULL, NULL,
	  "Remove all unused volumes, not just anonymous ones" },
	OPTION_FILTERS("Provide filter values (\"label=<key>\")"),
	OPTION_FORCE,
	OPTIONS_END,
};
static const struct option system_options[] = {
	{ "all", 'a', OPTION_BOOL, FIELD(is_all), NULL, NULL,
	  "Remove all unused images, not just dangling ones" },
	OPTION_FILTERS("Provide filter values (\"until=<timestamp>\", \"label=<key>\")"),
	OPTION_FORCE,
	{ "volumes", 0, OPTION_BOOL, FIELD(has_volumes), NULL, NULL,
	  "Prune anonymous volumes" },
	{ "build", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "external", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	OPTIONS_END,
};
#undef FIELD

/* The words before the question; NULL: none is asked. */
typedef const char *prune_warning(const struct prune_options *o, struct arena *arena);
typedef int prune_function(struct prune *prune, const struct prune_options *o, struct err *e);

struct prune_command {
	const struct option *options;
	const char *const *filter_keys; /* ends with NULL */
	bool is_without_total;		/* what it removes takes no space */
	prune_warning *warning;
	prune_function *run;
};

static const char *const label_keys[] = { "label", "label!", NULL };
static const char *const aged_keys[] = { "label", "label!", "until", NULL };
static const char *const image_keys[] = { "label", "label!", "until", "dangling", NULL };

static int prune_command(struct cli *cli, char **argv, const struct prune_command *command)
{
	const struct cli_syntax syntax = { .options = command->options };
	struct prune_options o = { 0 };
	struct prune prune = { .cli = cli };
	struct strv args = { 0 };
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	prune.filters = o.filters;
	prune.is_all = o.is_all;
	r = prune_check(&prune, command->filter_keys, &e);
	if (r < 0)
		return cli_report(&e);
	o.is_all = prune.is_all;
	if (!o.is_forced && !confirm(command->warning(&o, &cli->arena)))
		return EXIT_FAILED;
	r = cli_engine(cli, &prune.engine, &e);
	if (r == 0)
		r = command->run(&prune, &o, &e);
	if (r == 0 && !command->is_without_total)
		prune_print_total(&prune);
	return r < 0 ? cli_report(&e) : 0;
}

/* --- container --------------------------------------------------------------------------- */

static const char *container_warning(const struct prune_options *o, struct arena *arena)
{
	(void)o;
	(void)arena;
	return "WARNING! This will remove all stopped containers.";
}

static int container_run(struct prune *prune, const struct prune_options *o, struct err *e)
{
	(void)o;
	return prune_containers(prune, e);
}

int cmd_container_prune(struct cli *cli, char **argv)
{
	return prune_command(cli, argv,
			     &(struct prune_command){ .options = container_options,
						      .filter_keys = aged_keys,
						      .warning = container_warning,
						      .run = container_run });
}

/* --- image ------------------------------------------------------------------------------- */

static const char *image_warning(const struct prune_options *o, struct arena *arena)
{
	(void)arena;
	return o->is_all
		       ? "WARNING! This will remove all images without at least one container "
			 "associated to them."
		       : "WARNING! This will remove all dangling images.";
}

static int image_run(struct prune *prune, const struct prune_options *o, struct err *e)
{
	(void)o;
	return prune_images(prune, e);
}

int cmd_image_prune(struct cli *cli, char **argv)
{
	return prune_command(cli, argv,
			     &(struct prune_command){ .options = image_options,
						      .filter_keys = image_keys,
						      .warning = image_warning,
						      .run = image_run });
}

/* --- network ----------------------------------------------------------------------------- */

static const char *network_warning(const struct prune_options *o, struct arena *arena)
{
	(void)o;
	(void)arena;
	return "WARNING! This will remove all custom networks not used by at least one "
	       "container.";
}

static int network_run(struct prune *prune, const struct prune_options *o, struct err *e)
{
	(void)o;
	return prune_networks(prune, e);
}

int cmd_network_prune(struct cli *cli, char **argv)
{
	return prune_command(cli, argv,
			     &(struct prune_command){ .options = network_options,
						      .filter_keys = aged_keys,
						      .is_without_total = true,
						      .warning = network_warning,
						      .run = network_run });
}

/* --- volume ------------------------------------------------------------------------------ */

static const char *volume_warning(const struct prune_options *o, struct arena *arena)
{
	(void)arena;
	return o->is_all ? "WARNING! This will remove all volumes not used by at least one "
			   "container."
			 : "WARNING! This will remove anonymous volumes not used by at least "
			   "one container.";
}

static int volume_run(struct prune *prune, const struct prune_options *o, struct err *e)
{
	(void)o;
	return prune_volumes(prune, e);
}

int cmd_volume_prune(struct cli *cli, char **argv)
{
	return prune_command(cli, argv,
			     &(struct prune_command){ .options = volume_options,
						      .filter_keys = label_keys,
						      .warning = volume_warning,
						      .run = volume_run });
}

/* --- system ------------------------------------------------------------------------------ */

static const char *system_warning(const struct prune_options *o, struct arena *arena)
{
	AUTO_STR struct str text = { 0 };

	str_add(&text, "WARNING! This will remove:\n  - all stopped containers\n"
		       "  - all networks not used by at least one container\n");
	if (o->has_volumes)
		str_add(&text,
			"  - all anonymous volumes not used by at least one container\n");
	str_add(&text, o->is_all
			       ? "  - all images without at least one container associated to "
				 "them\n"
			       : "  - all dangling images\n");
	str_add(&text, "  - what interrupted pulls left\n");
	if (o->filters.count > 0)
		str_add(&text, "\n  Items to be pruned will be filtered with:\n");
	for (size_t i = 0; i < o->filters.count; i++)
		str_printf(&text, "  - %s\n", o->filters.items[i]);
	return arena_copy(arena, str_text(&text));
}

/* Containers first: what they held is then free. Volumes carry no time. */
static int system_run(struct prune *prune, const struct prune_options *o, struct err *e)
{
	bool is_all = prune->is_all;
	int r = prune_containers(prune, e);

	if (r == 0)
		r = prune_networks(prune, e);
	if (r == 0 && o->has_volumes) {
		prune->is_all = false;
		r = prune_volumes(prune, e);
		prune->is_all = is_all;
	}
	return r < 0 ? r : prune_images(prune, e);
}

int cmd_system_prune(struct cli *cli, char **argv)
{
	return prune_command(cli, argv,
			     &(struct prune_command){ .options = system_options,
						      .filter_keys = aged_keys,
						      .warning = system_warning,
						      .run = system_run });
}
