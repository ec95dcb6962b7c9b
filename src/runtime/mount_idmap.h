/*
 * Mounts that show another ownership than their files have: by which mapping.
 *
 * In a mapping of a mount the container's ids are those on the disk and the host's ids those
 * that are seen instead.
 *
 * Runs in: cli (engine), runtime; a pure function.
 * See: mount_setattr(2) "ID-mapped mounts"; OCI runtime-spec config.md "uidMappings"; podman-run(1)
 * "idmap" for the mapping in an option.
 */
#ifndef HOY_RUNTIME_MOUNT_IDMAP_H
#define HOY_RUNTIME_MOUNT_IDMAP_H

#include "base/err.h"
#include "base/str.h"
#include "runtime/plan_mount_options.h"
#include "spec/runtime_spec.h"

/*
 * The mappings of a mount with MOUNT_IDMAP_*: its own, those of the option
 * ("uids=0-1-10#10-11-10;gids=0-100-10": on disk, on the host, count; "@" in front: the second
 * is inside the container), or else the container's. What is in `ret` lives in `arena` or in
 * `spec`; counts of 0: the container's user namespace is a joined one, which serves as it is. A
 * pure function.
 */
int mount_idmap_resolve(const struct spec *spec, const struct spec_mount *mount,
			const struct mount_options *options, struct arena *arena,
			struct spec *ret, struct err *e);

#endif
