/*
 * Device nodes of the host that a container gets: those of --device, all of /dev for
 * --privileged.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_DEVICE_FACTS_H
#define HOY_ENGINE_DEVICE_FACTS_H

#include "engine/container_spec.h"

enum { DEVICE_FACTS_MAX = 4096 };

/* Look at them; everything lives in `arena`. A --device that is a directory gives every device
 * below it. */
int device_facts(const struct container_config *config, struct arena *arena,
		 struct device_fact **ret, size_t *ret_count, struct err *e);

#endif
