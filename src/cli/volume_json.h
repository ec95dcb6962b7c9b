/*
 * A volume as docker shows it: the object of inspect, and the row of ls.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_VOLUME_JSON_H
#define HOY_CLI_VOLUME_JSON_H

#include "engine/volume.h"

struct json_object;

/* A new object, owned by the caller; NULL without memory. */
struct json_object *volume_json(const struct volume *volume);
struct json_object *volume_row(const struct volume *volume);

#endif
