/*
 * A namespace that is named by its path may be the one that we are in ourselves. Joining it is
 * the same as not naming it, and has to be treated so: a sysctl, a hostname or an interface
 * would otherwise be set on the host, because the container seems to have a namespace for it.
 *
 * Runs in: runtime.
 * See: namespaces(7): two descriptors of one namespace have the same device and inode.
 */
#ifndef HOY_RUNTIME_NAMESPACE_OWN_H
#define HOY_RUNTIME_NAMESPACE_OWN_H

#include "base/err.h"
#include "spec/runtime_spec.h"

/* `*spec` becomes one in the same arena that does not name our own namespaces, where it does.
 * Returns 0 or -ENOMEM. A path that cannot be read stays, for whoever opens it to say so. */
int namespace_own_leave(const struct spec **spec, struct err *e);

#endif
