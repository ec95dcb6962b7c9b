/*
 * An overlay as a detached mount: layers seen as one tree, with or without a directory that
 * takes what is changed.
 *
 * Nothing is mounted anywhere: the descriptor is a directory like any other, and whoever closes
 * it last unmounts.
 *
 * Runs in: cli (engine), in a visit (namespace_visit.h).
 * See: Documentation/filesystems/overlayfs.rst; fsopen(2), fsmount(2).
 */
#ifndef HOY_LINUX_OVERLAY_H
#define HOY_LINUX_OVERLAY_H

#include "base/err.h"
#include "base/str.h"

/*
 * Paths are relative to the working directory, and on mounts of the current mount namespace:
 * the kernel takes no others as layers.
 */
struct overlay {
	const struct strv *lower; /* topmost first; without `upper` at least two */
	const char *upper;	  /* NULL: read-only */
	const char *work;	  /* with `upper`, on its file system */
	const char *options;	  /* more of them, comma separated: "userxattr,volatile" */
	/*
	 * A directory to mount on for a moment, in a mount namespace that is made for that:
	 * before Linux 6.7 only mount(2) takes many layers. The end of the visit leaves it.
	 */
	const char *classic_target;
};

/* Returns the mount's fd, owned by the caller, or -errno with a sentence. */
int overlay_mount(const struct overlay *overlay, struct err *e);

#endif
