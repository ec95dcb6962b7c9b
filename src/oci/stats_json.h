/*
 * The events of a container as JSON, one to a line, key for key as runc prints them.
 *
 * Runs in: runtime; pure functions.
 * See: runc types/events.go.
 */
#ifndef HOY_OCI_STATS_JSON_H
#define HOY_OCI_STATS_JSON_H

#include "base/str.h"
#include "runtime/cgroup_stats.h"

/* {"type":"stats","id":ID,"data":{...}} and a newline. */
void stats_json_print(const char *id, const struct cgroup_stats *stats, struct str *out);
/* {"type":"oom","id":ID} and a newline: memory ran out, and a process was killed for it. */
void stats_json_oom(const char *id, struct str *out);

#endif
