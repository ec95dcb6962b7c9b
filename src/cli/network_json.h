/*
 * A network as docker shows it: the object of inspect, and the row of ls.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_NETWORK_JSON_H
#define HOY_CLI_NETWORK_JSON_H

#include "engine/networks.h"

struct json_object;

/* A new object, owned by the caller; NULL without memory. */
struct json_object *network_json(const struct network *network,
				 const struct network_member *members, size_t count);
struct json_object *network_row(const struct network *network, bool is_truncating);

#endif
