/*
 * The namespaces of a running container.
 *
 * Runs in: cli (engine).
 * See: namespaces(7).
 */
#ifndef HOY_ENGINE_CONTAINER_NAMESPACE_H
#define HOY_ENGINE_CONTAINER_NAMESPACE_H

#include "engine/engine.h"

/* `name` is that in /proc/PID/ns: "net", "ipc". Never the namespace of a process that has
 * got the pid since. Returns an fd owned by the caller, or -errno with a sentence. */
int container_namespace_open(const struct container *container, const char *name,
			     struct err *e);

#endif
