/*
 * hoy network create, inspect, ls, rm, prune, reload.
 *
 * Runs in: cli.
 * See: docker network(1); podman-network-reload(1).
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/filter.h"
#include "cli/inspect.h"
#include "cli/listing.h"
#include "cli/network_json.h"
#include "cli/options_env.h"
#include "cli/prune.h"
#include "format/json.h"

struct network_options {
	struct network_request request;
	struct strv filters;
	char *format;
	bool is_attachable;
	bool is_quiet;
	bool is_untruncated;
	bool is_forced;
};

#define FIELD(name) offsetof(struct network_options, name)
#define OPTIONS_END                                      \
	{                                                \
		NULL, 0, OPTION_END, 0, NULL, NULL, NULL \
	}

/* --- create ------------------------------------------------------------------------------ */

static int network_set_label(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	return label_add(&((struct network_options *)values)->request.labels, arena, value, e);
}

static int network_set_option(void *values, struct arena *arena, const char *value,
			      struct err *e)
{
	return label_add(&((struct network_options *)values)->request.options, arena, value, e);
}

static int network_set_ipv4(void *values, struct arena *arena, const char *value, struct err *e)
{
	(void)arena;
	(void)e;
	((struct network_options *)values)->request.is_without_ipv4 =
		strcmp(value, "false") == 0;
	return 0;
}

static int network_set_driver(void *values, struct arena *arena, const char *value,
			      struct err *e)
{
	(void)values;
	(void)arena;
	if (strcmp(value, "bridge") == 0)
		return 0;
	return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP, "%s is not supported yet", value);
}

static const struct option network_create_options[] = {
	{ "aux-address", 0, OPTION_LIST, FIELD(request.reserved), NULL, "map",
	  "Auxiliary IPv4 or IPv6 addresses that no container gets (name=address)" },
	{ "driver", 'd', OPTION_VALUE, 0, network_set_driver, NULL,
	  "Driver to manage the Network (default \"bridge\")" },
	{ "gateway", 0, OPTION_LIST, FIELD(request.gateways), NULL, NULL,
	  "IPv4 or IPv6 gateway for the subnet" },
	{ "internal", 0, OPTION_BOOL, FIELD(request.is_internal), NULL, NULL,
	  "Restrict external access to the network" },
	{ "ip-range", 0, OPTION_LIST, FIELD(request.ip_ranges), NULL, NULL,
	  "Allocate container ip from a sub-range" },
	{ "ipv4", 0, OPTION_BOOL, 0, network_set_ipv4, NULL,
	  "Enable IPv4 address assignment (default true)" },
	{ "ipv6", 0, OPTION_BOOL, FIELD(request.is_with_ipv6), NULL, NULL,
	  "Enable IPv6 address assignment" },
	{ "label", 0, OPTION_VALUE, 0, network_set_label, "list", "Set metadata on a network" },
	{ "opt", 'o', OPTION_VALUE, 0, network_set_option, "map",
	  "Set driver specific options" },
	{ "subnet", 0, OPTION_LIST, FIELD(request.subnets), NULL, NULL,
	  "Subnet in CIDR format that represents a network segment" },
	{ "attachable", 0, OPTION_BOOL, FIELD(is_attachable), NULL, NULL, NULL },
	{ "config-from", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "config-only", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "ingress", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "ipam-driver", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "ipam-opt", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "scope", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	OPTIONS_END,
};

int cmd_network_create(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = network_create_options,
					   .min = 1,
					   .max = 1 };
	struct network_options o = { 0 };
	struct strv args = { 0 };
	struct network network;
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	o.request.name = args.items[0];
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_network_create(engine, &o.request, &cli->arena, &network, &e);
	if (r < 0)
		return cli_report(&e);
	(void)puts(network.id);
	return 0;
}

/* --- inspect ----------------------------------------------------------------------------- */

static const struct option network_inspect_options[] = {
	{ "format", 'f', OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'json' or 'TEMPLATE'" },
	{ "verbose", 'v', OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	OPTIONS_END,
};

int cmd_network_inspect(struct cli *cli, char **argv)
{
	static inspect_finder *const finders[] = { inspect_network, NULL };
	const struct cli_syntax syntax = { .options = network_inspect_options,
					   .min = 1,
					   .max = CLI_ANY };
	struct inspect_request request = { .finders = finders, .what = "network" };
	struct network_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	request.format = o.format;
	return inspect_print(cli, &request, &args);
}

/* --- ls ---------------------------------------------------------------------------------- */

static const struct option network_ls_options[] = {
	{ "filter", 'f', OPTION_FILTER, FIELD(filters), NULL, "filter",
	  "Provide filter values (driver, id, label, name)" },
	{ "format", 0, OPTION_TEXT, FIELD(format), NULL, NULL,
	  "Format output using a custom template: 'table', 'table TEMPLATE', 'json' or "
	  "'TEMPLATE'" },
	{ "no-trunc", 0, OPTION_BOOL, FIELD(is_untruncated), NULL, NULL,
	  "Do not truncate the output" },
	{ "quiet", 'q', OPTION_BOOL, FIELD(is_quiet), NULL, NULL, "Only display network IDs" },
	OPTIONS_END,
};

static const char *const network_filter_keys[] = { "driver", "id", "label", "name", NULL };
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

static int network_rows(struct cli *cli, struct engine *engine, const struct network_options *o,
			struct json_object *rows, struct err *e)
{
	struct network *networks;
	size_t count;
	int r = engine_network_list(engine, &cli->arena, &networks, &count, e);

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (!filter_any(&o->filters, "name", filter_matches_text, networks[i].name) ||
		    !filter_any(&o->filters, "id", matches_start, networks[i].id) ||
		    !filter_any(&o->filters, "driver", filter_matches_text, "bridge") ||
		    !filter_all(&o->filters, "label", filter_matches_label,
				&networks[i].labels))
			continue;
		r = json_object_array_add(rows, network_row(&networks[i], !o->is_untruncated)) <
				    0
			    ? -ENOMEM
			    : 0;
	}
	return r;
}

int cmd_network_ls(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = network_ls_options };
	struct listing listing = { .titles = network_titles,
				   .standard =
					   "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}",
				   .quiet = "{{.ID}}" };
	AUTO_JSON struct json_object *rows = json_object_new_array();
	struct network_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = filter_check(&o.filters, network_filter_keys, &e);
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

/* --- rm, prune, reload ------------------------------------------------------------------- */

static const struct option network_rm_options[] = {
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Do not error if the network does not exist" },
	OPTIONS_END,
};

static int network_rm_one(struct cli *cli, struct engine *engine, const char *name,
			  void *context, struct err *e)
{
	const struct network_options *o = context;
	int r = engine_network_remove(engine, name, e);

	(void)cli;
	return r == -ENOENT && o->is_forced ? CLI_QUIET : r;
}

int cmd_network_rm(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = network_rm_options,
					   .min = 1,
					   .max = CLI_ANY };
	struct network_options o = { 0 };
	struct strv args = { 0 };
	int exit_code;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	return cli_for_each(cli, &args, network_rm_one, &o, true);
}

/* Does a container name it, running or not? */
static bool is_named(const struct container *containers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		const struct container_config *config = &containers[i].record.config;

		for (size_t n = 0; n < config->network_count; n++) {
			if (str_equal(config->networks[n].network, name))
				return true;
		}
	}
	return false;
}

int network_prune_all(struct cli *cli, struct engine *engine, struct err *e)
{
	struct container *containers;
	struct network *networks;
	size_t container_count;
	bool is_first = true;
	size_t count;
	int r = engine_network_list(engine, &cli->arena, &networks, &count, e);

	if (r == 0)
		r = engine_list(engine, &cli->arena, &containers, &container_count, e);
	for (size_t i = 0; r == 0 && i < count; i++) {
		if (strcmp(networks[i].name, NETWORK_DEFAULT) == 0 ||
		    is_named(containers, container_count, networks[i].name))
			continue;
		r = engine_network_remove(engine, networks[i].name, e);
		/* A container started on it meanwhile. */
		if (r == -EBUSY) {
			r = 0;
			continue;
		}
		if (r == 0)
			(void)printf("%s%s\n", is_first ? "Deleted Networks:\n" : "",
				     networks[i].name);
		is_first = false;
	}
	return r;
}

static const struct option network_prune_options[] = {
	{ "force", 'f', OPTION_BOOL, FIELD(is_forced), NULL, NULL,
	  "Do not prompt for confirmation" },
	{ "filter", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	OPTIONS_END,
};

static bool is_confirmed(void)
{
	char answer[8] = "";

	(void)fputs("WARNING! This will remove all custom networks not used by at least one "
		    "container.\nAre you sure you want to continue? [y/N] ",
		    stdout);
	(void)fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y');
}

int cmd_network_prune(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = network_prune_options };
	struct network_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	if (!o.is_forced && !is_confirmed())
		return 0;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = network_prune_all(cli, engine, &e);
	return r < 0 ? cli_report(&e) : 0;
}

int cmd_network_reload(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &args, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_networks_restore(engine, &e);
	return r < 0 ? cli_report(&e) : 0;
}
