/*
 * state.json and config.json in a container's directory; what only container_*.c share.
 *
 * Runs in: runtime.
 */
#ifndef HOY_OCI_CONTAINER_STATE_H
#define HOY_OCI_CONTAINER_STATE_H

#include "oci/container.h"

#define STATE_NAME  "state.json"
#define CONFIG_NAME "config.json"
#define START_NAME  "start"

/* What state.json says, and back. Texts go into the arena. Returns 0 or -EINVAL. */
void state_print(const struct oci_state *state, struct str *out);
int state_parse(const char *text, size_t len, struct arena *arena, struct oci_state *ret,
		struct err *e);
/* Returns 0, -ENOENT or -EINVAL. */
int state_read(struct oci *oci, int dir_fd, struct oci_state *ret, struct err *e);

/*
 * The cgroup of a create that was killed: where it was is not written down, but follows from the
 * copy of the config. One that is not whole was killed before it made any.
 */
int debris_remove_cgroup(struct oci *oci, const struct oci_container *container, struct err *e);

#endif
