/*
 * hoy port: the published ports of a container.
 *
 * Runs in: cli.
 * See: docker port(1).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/port_text.h"
#include "engine/networks.h"

static void port_print(const struct port_mapping *port, bool is_whole)
{
	char address[IP_SUBNET_TEXT_SIZE];
	char key[PORT_KEY_SIZE];

	ip_format_host(&port->address, address);
	port_text_key(port, key);
	if (is_whole)
		(void)printf("%s -> ", key);
	(void)printf("%s:%u\n", address, port->host_port);
}

/* "80" or "80/tcp". */
static bool port_matches(const struct port_mapping *port, const char *wanted)
{
	char text[PORT_KEY_SIZE];

	port_text_key(port, text);
	if (strchr(wanted, '/'))
		return strcmp(text, wanted) == 0;
	return port->protocol == PORT_TCP && str_starts(text, wanted) &&
	       text[strlen(wanted)] == '/';
}

/* By the container's port; of each the IPv4 side first. */
static int compare_ports(const void *a, const void *b)
{
	const struct port_mapping *x = a;
	const struct port_mapping *y = b;

	if (x->container_port != y->container_port)
		return x->container_port < y->container_port ? -1 : 1;
	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	if (x->address.size != y->address.size)
		return x->address.size < y->address.size ? -1 : 1;
	return (x->host_port > y->host_port) - (x->host_port < y->host_port);
}

static int port_show(struct cli *cli, struct engine *engine, const struct strv *args,
		     struct err *e)
{
	const char *wanted = args->count > 1 ? args->items[1] : NULL;
	struct endpoints endpoints = { 0 };
	struct container container;
	size_t shown = 0;
	int r = engine_get(engine, args->items[0], &cli->arena, &container, e);

	if (r < 0)
		return r;
	(void)engine_endpoints(engine, &container, &cli->arena, &endpoints);
	if (endpoints.port_count > 1)
		qsort(endpoints.ports, endpoints.port_count, sizeof(*endpoints.ports),
		      compare_ports);
	for (size_t i = 0; i < endpoints.port_count; i++) {
		if (wanted && !port_matches(&endpoints.ports[i], wanted))
			continue;
		port_print(&endpoints.ports[i], !wanted);
		shown++;
	}
	if (wanted && shown == 0)
		return err_set(e, ERR_NOT_FOUND, -ENOENT,
			       "no public port '%s' published for %s", wanted, args->items[0]);
	return 0;
}

int cmd_port(struct cli *cli, char **argv)
{
	const struct cli_syntax syntax = { .min = 1, .max = 2 };
	struct strv args = { 0 };
	struct engine *engine;
	struct err e = { 0 };
	int exit_code;
	int r;

	if (!cli_parse(cli, &syntax, argv, NULL, &args, &exit_code))
		return exit_code;
	r = cli_engine(cli, &engine, &e);
	if (r == 0)
		r = port_show(cli, engine, &args, &e);
	return r < 0 ? cli_report(&e) : 0;
}
