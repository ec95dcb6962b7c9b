/*
 * Which containers ps shows.
 *
 * Runs in: cli.
 * See: docker ps --filter.
 */
#ifndef HOY_CLI_PS_FILTER_H
#define HOY_CLI_PS_FILTER_H

#include <stdbool.h>

#include "engine/engine.h"

struct ps_filter {
	const struct strv *filters;
	bool is_all;		       /* not only running ones */
	uint64_t before_ns;	       /* created before; 0: not asked */
	uint64_t since_ns;	       /* created after */
	struct ps_ancestor *ancestors; /* images that ancestor= names */
	size_t ancestor_count;
	/* "80/tcp", each port of what publish= and expose= ask for */
	struct strv published;
	struct strv exposed;
	struct engine *engine; /* where a running container's ports are looked up */
};

/* Check and resolve the filters; `filters` is borrowed. Returns 0 or -EINVAL / -ENOENT with a
 * sentence. */
int ps_filter_init(struct ps_filter *filter, struct engine *engine, const struct strv *filters,
		   bool is_all, struct arena *arena, struct err *e);
bool ps_filter_matches(const struct ps_filter *filter, const struct container *container);

#endif
