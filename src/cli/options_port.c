/*
 * Flags of published ports: --publish, --expose.
 *
 * Runs in: cli.
 * See: docker run(1).
 */
#include <string.h>

#include "cli/run_options.h"
#include "spec/port_mapping.h"

static struct container_config *port_config(void *values)
{
	return &((struct run_options *)values)->config;
}

/* What is published is exposed too. */
int options_set_publish(void *values, struct arena *arena, const char *value, struct err *e)
{
	struct container_config *config = port_config(values);
	size_t first = config->ports.count;
	int r = port_mappings_parse(value, arena, &config->ports, e);

	for (size_t i = first; i < config->ports.count && r == 0; i++) {
		const char *colon = strrchr(config->ports.items[i], ':');

		r = port_exposed_parse(colon + 1, arena, &config->exposed_ports, e);
	}
	return r;
}

int options_set_expose(void *values, struct arena *arena, const char *value, struct err *e)
{
	return port_exposed_parse(value, arena, &port_config(values)->exposed_ports, e);
}
