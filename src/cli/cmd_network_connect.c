/*
 * hoy network connect, disconnect.
 *
 * Runs in: cli.
 * See: docker network connect(1), docker network disconnect(1).
 */
#include <stddef.h>

#include "cli/command.h"
#include "cli/endpoint_options.h"
#include "engine/networks.h"

/* --- connect ----------------------------------------------------------------------------- */

static int connect_set_alias(void *values, struct arena *arena, const char *value,
			     struct err *e)
{
	return endpoint_set_alias(values, arena, value, e);
}

static int connect_set_driver_option(void *values, struct arena *arena, const char *value,
				     struct err *e)
{
	return endpoint_set_driver_option(values, arena, value, e);
}

static int connect_set_priority(void *values, struct arena *arena, const char *value,
				struct err *e)
{
	return endpoint_set_priority(values, arena, value, e);
}

static int connect_set_ip(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_ip(values, arena, value, e);
}

static int connect_set_ip6(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_ip6(values, arena, value, e);
}

static int connect_set_link(void *values, struct arena *arena, const char *value, struct err *e)
{
	return endpoint_set_link(values, arena, value, e);
}

/* Into a struct endpoint_request. */
static const struct option connect_option_table[] = {
	{ "alias", 0, OPTION_VALUE, 0, connect_set_alias, "strings",
	  "Add network-scoped alias for the container" },
	{ "driver-opt", 0, OPTION_VALUE, 0, connect_set_driver_option, "strings",
	  "driver options for the network" },
	{ "gw-priority", 0, OPTION_VALUE, 0, connect_set_priority, "int",
	  "Highest gw-priority provides the default gateway" },
	{ "ip", 0, OPTION_VALUE, 0, connect_set_ip, NULL,
	  "IPv4 address (e.g., \"172.30.100.104\")" },
	{ "ip6", 0, OPTION_VALUE, 0, connect_set_ip6, NULL,
	  "IPv6 address (e.g., \"2001:db8::33\")" },
	{ "link", 0, OPTION_VALUE, 0, connect_set_link, "list",
	  "Add link to another container" },
	{ "link-local-ip", 0, OPTION_REFUSED, 0, NULL, NULL, NULL },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

int cmd_network_connect(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = connect_option_table,
					   .min = 2,
					   .max = 2 };
	struct endpoint_request request = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &request, &args, &exit_code))
		return exit_code;
	request.network = args.items[0];
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_network_connect(engine, args.items[1], &request, &e);
	return r < 0 ? cli_report(&e) : 0;
}

/* --- disconnect -------------------------------------------------------------------------- */

struct disconnect_options {
	bool is_forced;
};

static const struct option disconnect_option_table[] = {
	{ "force", 'f', OPTION_BOOL, offsetof(struct disconnect_options, is_forced), NULL, NULL,
	  "Force the container to disconnect from a network" },
	{ NULL, 0, OPTION_END, 0, NULL, NULL, NULL },
};

int cmd_network_disconnect(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .options = disconnect_option_table,
					   .min = 2,
					   .max = 2 };
	struct disconnect_options o = { 0 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, &o, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = engine_network_disconnect(engine, args.items[0], args.items[1], o.is_forced,
					      &e);
	return r < 0 ? cli_report(&e) : 0;
}
