/*
 * hoy ps: list containers.
 *
 * Runs in: cli.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/filter.h"
#include "cli/listing.h"
#include "cli/port_text.h"
#include "cli/ps_filter.h"
#include "cli/ps_row.h"
#include "engine/networks.h"
#include "format/json.h"

struct ps_options {
	bool is_all;
	bool is_latest;
	bool is_untruncated;
	bool is_quiet;
	int64_t last; /* -1: not given */
	char *format;
	struct strv filters;
};

#define FIELD(name) offsetof(struct ps_options, name)
static const struct option ps_option_table[] = {
	{ "all", 'a', OPTION_BOOL, FIELD(is_all), NULL, NULL,
	  "Show all containers (default shows just running)" },
	{ "filter", 'f', OPTION_FILTER, FIELD(filters), NULL, "filter",
	  "Filter output based on conditions provided" },
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "last", 'n', OPTION_INT, FIELD(last), NULL, NULL,
	  "Show n last created containers (includes all states) (default -1)" },
	{ "latest", 'l', OPTION_BOOL, FIELD(is_latest), NULL, NULL,
	  "Show the latest created container (includes all states)" },
	{ "no-trunc", 0, OPTION_BOOL, FIELD(is_untruncated), NULL, NULL,
	  "Don't truncate output" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL,
	  "Only display container IDs" },
	{ "size", 's', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "external", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "namespace", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "noheading", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "pod", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "sort", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "sync", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "watch", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};
#undef FIELD

/* Only running containers with a network have ports; the others cost no look at a file. */
static void ps_add_ports(struct engine *engine, const struct container *container,
			 struct json_object *row)
{
	AUTO_ARENA struct arena arena = { 0 };
	AUTO_STR struct str text = { 0 };
	struct endpoints endpoints = { 0 };

	if (container->is_damaged ||
	    engine_endpoints(engine, container, &arena, &endpoints) < 0)
		return;
	port_text_list(endpoints.ports, endpoints.port_count,
		       &container->record.config.exposed_ports, &arena, &text);
	ps_row_add_ports(row, str_text(&text));
}

/* Rows of those that are wanted. `containers` are newest first. */
static int ps_rows(struct engine *engine, struct ps_options *o, const struct ps_filter *filter,
		   const struct container *containers, size_t count, struct json_object *rows)
{
	uint64_t now_ns = clock_wall_ns();
	int64_t left = o->is_latest ? 1 : o->last;

	for (size_t i = 0; i < count && left != 0; i++) {
		struct json_object *row;

		if (!ps_filter_matches(filter, &containers[i]))
			continue;
		row = ps_row(&containers[i], now_ns, !o->is_untruncated);
		if (row)
			ps_add_ports(engine, &containers[i], row);
		if (row && o->format && strstr(o->format, ".Label "))
			ps_row_add_label(row, &containers[i].record.config.labels);
		if (!row || json_object_array_add(rows, row) < 0)
			return -ENOMEM;
		if (left > 0)
			left--;
	}
	return 0;
}

int cmd_ps(struct cli *cli, char **argv)
{
	struct ps_options o = { .last = -1 };
	const struct cli_syntax syntax = { .options = ps_option_table };
	struct listing listing = { .titles = ps_titles,
				   .standard = PS_STANDARD,
				   .quiet = "{{.ID}}" };
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct container *containers;
	struct ps_filter filter = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	struct strv args = { 0 };
	int exit_code;
	size_t count;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	/* Nobody adds up what a container has written yet: no false "0B". */
	r = o.format && strstr(o.format, ".Size")
		    ? err_set(&e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			      "ps: .Size in --format is not supported yet")
		    : 0;
	if (r == 0)
		r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = ps_filter_init(&filter, engine, &o.filters,
				   o.is_all || o.is_latest || o.last >= 0, &cli->arena, &e);
	if (r == 0)
		r = engine_list(engine, &cli->arena, &containers, &count, &e);
	if (r == 0)
		r = ps_rows(engine, &o, &filter, containers, count, rows);
	listing.format = o.format;
	listing.is_quiet = o.is_quiet;
	if (r == 0)
		r = listing_print(&listing, rows, &e);
	return r < 0 ? cli_report(&e) : 0;
}
