/*
 * A storage driver: how a layer is kept and what a container's root is made of. One small
 * interface; `overlay` is the first.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_IMAGE_DRIVER_H
#define HOY_IMAGE_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "store/state.h"

struct layer_driver {
	const char *name;
	/* Can this machine and file system do it? 0, or -EOPNOTSUPP with the reason. */
	int (*probe)(const struct state *state, struct err *e);
	/* A fresh, empty place for a layer being unpacked, in ROOT/tmp/`work_name`; a directory
	 * fd owned by the caller. */
	int (*begin)(const struct state *state, const char *work_name, struct err *e);
	/* Make it the layer of `diff_id`, atomically; one that is there already wins. The
	 * content is on disk already. */
	int (*publish)(const struct state *state, const char *work_name, const char *diff_id,
		       uint64_t size, struct err *e);
	/* Path relative to ROOT for use as a lower directory, into `path`. -ENOENT: not there.
	 */
	int (*path)(const struct state *state, const char *diff_id, struct str *path);
	/* What publish was told. */
	int (*size)(const struct state *state, const char *diff_id, uint64_t *ret,
		    struct err *e);
	/* At once out of sight, deleted at the latest by the next work_recover. -ENOENT counts
	 * as done. Works on a full disk. */
	int (*remove)(const struct state *state, const char *diff_id, struct err *e);
};

const struct layer_driver *layer_driver_overlay(void);
/* The one for this state: by name, or by probing when `name` is NULL. */
int layer_driver_choose(const struct state *state, const char *name,
			const struct layer_driver **ret, struct err *e);

#endif
