/*
 * One row of ps: a container as the fields that docker's --format knows.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_PS_ROW_H
#define HOY_CLI_PS_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/listing.h"
#include "engine/engine.h"

#define PS_STANDARD                                                                        \
	"table "                                                                           \
	"{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{." \
	"Names}}"

extern const struct listing_title ps_titles[];

/* A new object, owned by the caller; NULL without memory. */
struct json_object *ps_row(const struct container *container, uint64_t now_ns,
			   bool is_truncating);

/* "0.0.0.0:8080->80/tcp": what network_ports_text gives. */
void ps_row_add_ports(struct json_object *row, const char *ports);

/* Labels as a map, for `.Label "key"`; a row that is printed as a whole has none. */
void ps_row_add_label(struct json_object *row, const struct strv *labels);

/* "Up 3 minutes", "Exited (0) 2 seconds ago". */
void ps_status(const struct container *container, uint64_t now_ns, struct str *out);

#endif
