/*
 * Containers with a user namespace of their own.
 *
 * On disk their files have the ids that they have inside, as those of every container: what lies
 * between is a mapped mount (mount_setattr(2), MOUNT_ATTR_IDMAP) of each layer and of the upper
 * directory. So nothing is ever given to another owner, layers are shared with everybody, and
 * commit, export and diff know nothing of it. Where no mount can be mapped the root is a copy whose
 * files have the ids from outside (record.is_shifted, id_shift.h).
 *
 * Runs in: cli (engine).
 * See: user_namespaces(7); overlayfs.rst; docs/storage.md "Users of their own".
 */
#ifndef HOY_ENGINE_CONTAINER_USERNS_H
#define HOY_ENGINE_CONTAINER_USERNS_H

#include "base/err.h"
#include "base/str.h"
#include "engine/start.h"

/* Step 1: do the modes go together? Fills in --gidmap from --uidmap and the other way round. */
int container_userns_check(struct container_config *config, struct arena *arena, struct err *e);

/* Step 2: --userns auto becomes mappings. */
int container_userns_choose(struct start *s, struct err *e);

/* Namespaces that hold mappings of mounts: descriptors owned by the caller; -EBADF: closed. */
struct userns_mounts {
	int lower_fd; /* of layers */
	int upper_fd; /* the same, and the ids of hoy itself, which makes overlay's work files */
};

/* Not in a visit. */
int userns_mounts_open(const struct container_config *config, struct userns_mounts *ret,
		       struct err *e);
void userns_mounts_close(struct userns_mounts *m);

/*
 * In a visit, for an overlay of `lower` and directories in `container` (paths as it takes them):
 * afterwards we are in a copy of the mount namespace, and each path leads to its mapped mount.
 * -EOPNOTSUPP: that cannot be done here.
 */
int userns_mounts_cover(const struct userns_mounts *m, const struct strv *lower,
			const char *container, struct err *e);

/* Map one detached mount of files that nobody but the container uses. -EOPNOTSUPP: not here. */
int userns_mounts_map(const struct userns_mounts *m, int mount_fd, const char *path,
		      struct err *e);

#endif
