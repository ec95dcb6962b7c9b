/*
 * The maps of a new user namespace, written from outside.
 *
 * Runs in: cli (engine), runtime.
 * See: user_namespaces(7), newuidmap(1), newgidmap(1).
 */
#ifndef HOY_RUNTIME_USER_MAPS_H
#define HOY_RUNTIME_USER_MAPS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "spec/runtime_spec.h"

/*
 * Give `pid` its uid_map and gid_map. Without root more than the own id is for newuidmap and
 * newgidmap to give, which ask /etc/subuid and /etc/subgid.
 */
int user_maps_write(pid_t pid, const struct spec *spec, struct err *e);

/* Must setgroups(2) be given up? The kernel wants that of an unprivileged user who maps only his
 * own group. */
bool user_maps_deny_groups(const struct spec *spec, bool is_rootless);

#endif
