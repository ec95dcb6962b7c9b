/*
 * hoy volume create, inspect, ls, rm.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/inspect.h"
#include "cli/listing.h"
#include "cli/options_env.h"
#include "cli/volume_json.h"
#include "format/json.h"

struct volume_options {
	struct strv labels;
	struct strv filters;
	char *format;
	char *name;
	bool is_quiet;
	bool is_forced;
};

static int volume_set_label(void *values, struct arena *arena, const char *value, struct err *e)
{
	return label_add(&((struct volume_options *)values)->labels, arena, value, e);
}

static int volume_set_driver(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	(void)values;
	(void)arena;
	return cli_take_only(value, "local", e);
}

#define FIELD(name) offsetof(struct volume_options, name)
#define OPTIONS_END                                      \
	{                                                \
		NULL, 0, OPTION_END, 0, NULL, NULL, NULL \
	}

/* --- create
 * ----------------------------------------------------------------------------------------------------------------
 */

static const struct option volume_create_options[] = {
	{ "driver", 'd', OPTION_VALUE, 0, volume_set_driver, NULL,
	  "Specify volume driver name (default \"local\")" },
	{ "label", 0, OPTION_VALUE, 0, volume_set_label, "list", "Set metadata for a volume" },
	{ "name", 0, OPTION_TEXT, FIELD(name), NULL, NULL, NULL },
	{ "opt", 'o', OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "availability", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "gid", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "group", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "ignore", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "limit-bytes", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "required-bytes", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "scope", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "secret", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "sharing", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "topology-preferred", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "topology-required", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "type", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "uid", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	OPTIONS_END,
};

int cmd_volume_create(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = volume_create_options, .max = 1 };
	struct volume_options o = { 0 };
	char name[RECORD_NAME_SIZE];
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (args.count > 0)
		o.name = args.items[0];
	if (o.name && !name_is_valid(o.name)) {
		(void)err_set(
			&e, ERR_INVALID, -EINVAL,
			"create %s: \"%s\" includes invalid characters for a local volume name,"
			" only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
			o.name, o.name);
		return cli_report(&e);
	}
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_volume_create(engine, o.name, &o.labels, name, &e);
	if (r < 0)
		return cli_report(&e);
	(void)puts(name);
	return 0;
}

/* --- inspect
 * ---------------------------------------------------------------------------------------------------------------
 */

static const struct option volume_inspect_options[] = {
	{ "format", 'f', OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'json' or 'TEMPLATE'" },
	OPTIONS_END,
};

int cmd_volume_inspect(struct cli *cli, char **argv)
{
	static inspect_finder *const finders[] = { inspect_volume, NULL };
	const struct cli_syntax syntax = { .options = volume_inspect_options,
					   .min = 1,
					   .max = CLI_ANY };
	struct volume_options o = { 0 };
	struct inspect_request request = { .finders = finders, .what = "volume" };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.format = o.format;
	return inspect_print(cli, &request, &args);
}

/* --- ls
 * --------------------------------------------------------------------------------------------------------------------
 */

static const struct option volume_ls_options[] = {
	{ "filter", 'f', OPTION_FILTER, FIELD(filters), NULL, "filter",
	  "Provide filter values (name, label, driver, dangling)" },
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Only display volume names" },
	{ "cluster", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	OPTIONS_END,
};

static const char *const volume_filter_keys[] = { "name", "label", "driver", "dangling", NULL };
static const struct listing_title volume_titles[] = {
	{ "Availability", "AVAILABILITY" },
	{ "Driver", "DRIVER" },
	{ "Group", "GROUP" },
	{ "Labels", "LABELS" },
	{ "Links", "LINKS" },
	{ "Mountpoint", "MOUNTPOINT" },
	{ "Name", "VOLUME NAME" },
	{ "Scope", "SCOPE" },
	{ "Size", "SIZE" },
	{ "Status", "STATUS" },
	{ NULL, NULL },
};

struct volume_use {
	const struct container *containers;
	size_t count;
	const char *name;
};

static bool is_mounted(const struct container_config *config, const char *name)
{
	for (size_t i = 0; i < config->mount_count; i++)
		if (config->mounts[i].kind == MOUNT_VOLUME &&
		    str_equal(config->mounts[i].source, name))
			return true;
	return false;
}

static bool matches_dangling(const void *volume_use, const char *value)
{
	const struct volume_use *use = volume_use;
	bool is_used = false;

	for (size_t i = 0; i < use->count && !is_used; i++)
		is_used = is_mounted(&use->containers[i].record.config, use->name);
	return is_used != filter_is_true(value);
}

static int volume_rows(struct cli *cli, struct engine *engine, const struct strv *filters,
		       struct json_object *rows, struct err *e)
{
	struct volume *volumes;
	size_t count;
	struct container *containers = NULL;
	struct volume_use use = { 0 };
	int r = engine_volume_list(engine, &cli->arena, &volumes, &count, e);

	if (r == 0 && filter_has(filters, "dangling"))
		r = engine_list(engine, &cli->arena, &containers, &use.count, e);
	use.containers = containers;
	for (size_t i = 0; r == 0 && i < count; i++) {
		use.name = volumes[i].name;
		if (!filter_any(filters, "dangling", matches_dangling, &use) ||
		    !filter_any(filters, "name", filter_matches_text, volumes[i].name) ||
		    !filter_any(filters, "driver", filter_matches_text, "local") ||
		    !filter_all(filters, "label", filter_matches_label, &volumes[i].labels))
			continue;
		r = json_object_array_add(rows, volume_row(&volumes[i])) < 0 ? -ENOMEM : 0;
	}
	return r;
}

int cmd_volume_ls(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = volume_ls_options };
	struct listing listing = { .titles = volume_titles,
				   .standard = "table {{.Driver}}\t{{.Name}}",
				   .quiet = "{{.Name}}" };
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct volume_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = filter_check(&o.filters, volume_filter_keys, &e);
	if (r == 0)
		r = filter_check_bool(&o.filters, "dangling", &e);
	if (r == 0)
		r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = volume_rows(cli, engine, &o.filters, rows, &e);
	listing.format = o.format;
	listing.is_quiet = o.is_quiet;
	if (r == 0)
		r = listing_print(&listing, rows, &e);
	return r < 0 ? cli_report(&e) : 0;
}

/* --- rm
 * --------------------------------------------------------------------------------------------------------------------
 */

static const struct option volume_rm_options[] = {
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Force the removal of one or more volumes" },
	{ "all", 'a', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	OPTIONS_END,
};

static int volume_rm_one(struct cli *cli, struct engine *engine, const char *name,
			 void *context, struct err *e)
{
	const struct volume_options *o = context;

	(void)cli;
	return engine_volume_remove(engine, name, o->is_forced, e);
}

int cmd_volume_rm(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = volume_rm_options,
					   .min = 1,
					   .max = CLI_ANY };
	struct volume_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, volume_rm_one, &o, true);
}
