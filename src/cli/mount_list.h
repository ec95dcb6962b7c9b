/*
 * What -v, --mount and --tmpfs have in common: places, names, and the list they go to.
 *
 * Runs in: cli.
 */
#ifndef HOY_CLI_MOUNT_LIST_H
#define HOY_CLI_MOUNT_LIST_H

#include "cli/run_options.h"

extern const char *const mount_propagations[]; /* ends with NULL */

/* Is `word` in a list that ends with NULL? */
bool mount_word_is_in(const char *word, const char *const *list);
/* Add it to the container's mounts. Returns 0, -E2BIG or -ENOMEM. */
int mount_push(struct run_options *options, struct arena *arena,
	       const struct mount_request *mount, struct err *e);
/* An absolute path inside that is not "/", cleaned. */
int mount_destination(struct arena *arena, const char *path, char **ret, struct err *e);
/* A path of the host, made absolute and clean. Whether something is there is the engine's
 * question. */
int mount_host_path(struct arena *arena, const char *path, char **ret, struct err *e);
/* ".", "./x", "../x"? Anything else without a slash in front is the name of a volume. */
bool mount_is_relative(const char *path);
int mount_volume_name(struct arena *arena, const char *name, char **ret, struct err *e);

#endif
