/*
 * Several containers at once: --regex of kill and delete, as crun has it.
 *
 * Runs in: runtime.
 * See: crun(1); regex(7).
 */
#ifndef HOY_OCI_CONTAINER_MATCH_H
#define HOY_OCI_CONTAINER_MATCH_H

#include "oci/container.h"

typedef int container_each(struct oci *oci, const char *id, const void *context, struct err *e);

/*
 * Call `each` for `name`, or with `is_regex` for every container whose id matches that extended
 * regular expression; none is fine then. One that fails is reported and does not keep the others
 * from their turn. Returns the exit code.
 */
int container_match(struct oci *oci, const char *name, bool is_regex, container_each *each,
		    const void *context);

#endif
