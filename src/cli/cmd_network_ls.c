/*
 * hoy network ls.
 *
 * Runs in: cli.
 * See: docker network ls(1).
 */
#include <stddef.h>
#include <string.h>

#include "cli/command.h"
#include "cli/filter.h"
#include "cli/listing.h"
#include "cli/network_json.h"
#include "engine/networks.h"
#include "format/json.h"

struct ls_options {
	struct strv filters;
	char *format;
	bool is_quiet;
	bool is_untruncated;
};

#define FIELD(name) offsetof(struct ls_options, name)
static const struct option network_ls_options[] = {
	{ "filter", 'f', OPTION_FILTER, FIELD(filters), NULL, "filter",
	  "Provide filter values (dangling, driver, id, label, name, scope, type)" },
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "no-trunc", 0, OPTION_BOOL, FIELD(is_untruncated), NULL, NULL,
	  "Do not truncate the output" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Only display network IDs" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

#undef FIELD

static const char *const network_filter_keys[] = { "dangling", "driver", "id",	 "label",
						   "name",     "scope",	 "type", NULL };
static const struct listing_title network_titles[] = {
	{ "CreatedAt", "CREATED AT" },
	{ "Driver", "DRIVER" },
	{ "ID", "NETWORK ID" },
	{ "IPv4", "IPV4" },
	{ "IPv6", "IPV6" },
	{ "Internal", "INTERNAL" },
	{ "Labels", "LABELS" },
	{ "Name", "NAME" },
	{ "Scope", "SCOPE" },
	{ NULL, NULL },
};

static bool matches_start(const void *id, const char *value)
{
	return str_starts(id, value);
}

static bool matches_word(const void *word, const char *value)
{
	return strcmp(word, value) == 0;
}

static int check_types(const struct strv *filters, struct err *e)
{
	for (size_t i = 0; i < filters->count; i++) {
		const char *filter = filters->items[i];

		if (str_starts(filter, "type=") && strcmp(filter, "type=custom") != 0 &&
		    strcmp(filter, "type=builtin") != 0)
			return err_set(e, ERR_INVALID, -EINVAL, "invalid filter '%s'", filter);
	}
	return 0;
}

static int check_filters(const struct strv *filters, struct err *e)
{
	int r = filter_check(filters, network_filter_keys, e);

	if (r == 0)
		r = filter_check_bool(filters, "dangling", e);
	return r < 0 ? r : check_types(filters, e);
}

/* The value of dangling= that it matches: does nobody run on it? */
static bool matches_dangling(const void *is_dangling, const char *value)
{
	return filter_is_true(value) == *(const bool *)is_dangling;
}

/* One that is always there is never dangling, as with docker. */
static int is_wanted_by_use(struct engine *engine, const struct strv *filters,
			    const struct network *network, struct err *e)
{
	AUTO_ARENA struct arena arena = { 0 };
	bool is_dangling = !network_is_predefined(network->name);
	struct network_member *members;
	size_t count;
	int r;

	if (!filter_has(filters, "dangling"))
		return true;
	if (is_dangling) {
		r = engine_network_members(engine, network, &arena, &members, &count, e);
		if (r < 0)
			return r;
		is_dangling = count == 0;
	}
	return filter_any(filters, "dangling", matches_dangling, &is_dangling);
}

/* 1: it is listed; 0, or -errno. */
static int is_wanted(struct engine *engine, const struct strv *filters,
		     const struct network *network, struct err *e)
{
	bool is_builtin = network_is_predefined(network->name);

	if (!filter_any(filters, "name", filter_matches_text, network->name) ||
	    !filter_any(filters, "id", matches_start, network->id) ||
	    !filter_any(filters, "driver", matches_word, network_driver(network->name)) ||
	    !filter_any(filters, "scope", matches_word, "local") ||
	    !filter_any(filters, "type", matches_word, is_builtin ? "builtin" : "custom") ||
	    !filter_all(filters, "label", filter_matches_label, &network->labels))
		return 0;
	return is_wanted_by_use(engine, filters, network, e);
}

static int network_rows(struct cli *cli, struct engine *engine, const struct ls_options *o,
			struct json_object *rows, struct err *e)
{
	struct network *networks;
	size_t count;
	int r = engine_network_list(engine, &cli->arena, &networks, &count, e);

	for (size_t i = 0; r >= 0 && i < count; i++) {
		r = is_wanted(engine, &o->filters, &networks[i], e);
		if (r <= 0)
			continue;
		if (json_object_array_add(rows, network_row(&networks[i], !o->is_untruncated)) <
		    0)
			r = err_sys(e, ENOMEM, "list the networks");
	}
	return r < 0 ? r : 0;
}

int cmd_network_ls(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = network_ls_options };
	struct listing listing = { .titles = network_titles,
				   .standard =
					   "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
				   .quiet = "{{.ID}}" };
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct ls_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = check_filters(&o.filters, &e);
	if (r == 0)
		r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = network_rows(cli, engine, &o, rows, &e);
	listing.format = o.format;
	listing.is_quiet = o.is_quiet;
	if (r == 0)
		r = listing_print(&listing, rows, &e);
	return r < 0 ? cli_report(&e) : 0;
}
