/*
 * hoy network create, inspect, rm, reload.
 *
 * Runs in: cli.
 * See: docker network(1); podman-network-reload(1).
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/inspect.h"
#include "cli/options_env.h"
#include "engine/networks.h"

struct network_options {
	struct network_request request;
	char *format;
	bool is_attachable;
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
	return cli_take_only(value, "bridge", e);
}

static int network_set_ipam_driver(void *values, struct arena *arena, const char *value,
				   struct err *e)
{
	(void)values;
	(void)arena;
	return cli_take_only(value, "default", e);
}

static int network_set_scope(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	(void)values;
	(void)arena;
	return cli_take_only(value, "local", e);
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
	{ "ipam-driver", 0, OPTION_VALUE, 0, network_set_ipam_driver, NULL,
	  "IP Address Management Driver (default \"default\")" },
	{ "ipv4", 0, OPTION_BOOL, 0, network_set_ipv4, NULL,
	  "Enable IPv4 address assignment (default true)" },
	{ "ipv6", 0, OPTION_BOOL, FIELD(request.is_with_ipv6), NULL, NULL,
	  "Enable IPv6 address assignment" },
	{ "label", 0, OPTION_VALUE, 0, network_set_label, "list", "Set metadata on a network" },
	{ "opt", 'o', OPTION_VALUE, 0, network_set_option, "map",
	  "Set driver specific options" },
	{ "scope", 0, OPTION_VALUE, 0, network_set_scope, NULL,
	  "Control the network's scope (default \"local\")" },
	{ "subnet", 0, OPTION_LIST, FIELD(request.subnets), NULL, NULL,
	  "Subnet in CIDR format that represents a network segment" },
	{ "attachable", 0, OPTION_BOOL, FIELD(is_attachable), NULL, NULL, NULL },
	{ "config-from", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ "config-only", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "ingress", 0, OPTION_REFUSED_BOOL, 0, NULL, NULL, NULL },
	{ "ipam-opt", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
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

/* --- rm, reload -------------------------------------------------------------------------- */

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
