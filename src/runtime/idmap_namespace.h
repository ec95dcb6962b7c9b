/*
 * A user namespace that nobody lives in: only for its mappings, which mount_setattr(2) takes.
 *
 * Runs in: cli (engine), runtime.
 * See: mount_setattr(2) "ID-mapped mounts".
 */
#ifndef HOY_RUNTIME_IDMAP_NAMESPACE_H
#define HOY_RUNTIME_IDMAP_NAMESPACE_H

#include "base/err.h"
#include "spec/runtime_spec.h"

/*
 * Made by a child that is gone on return. `mappings` is read for its uid_mappings and
 * gid_mappings. Returns an fd owned by the caller, or -errno. The caller must be
 * single-threaded.
 */
int idmap_namespace_open(const struct spec *mappings, struct err *e);

#endif
