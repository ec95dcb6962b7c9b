/*
 * A container's control group as a unit of systemd: a transient scope, so that the manager
 * knows of it, accounts for it and leaves it alone (Delegate=yes).
 *
 * libsystemd cannot be part of a static program, and costs every start that does not ask for
 * it: a program of its own, hoy-systemd, speaks D-Bus. A scope cannot be empty, and init is
 * born in it (CLONE_INTO_CGROUP), so hoy-systemd keeps a sleeping process there until
 * systemd_scope_release.
 *
 * Runs in: runtime.
 * See: systemd.scope(5), systemd.resource-control(5), org.freedesktop.systemd1(5).
 */
#ifndef HOY_RUNTIME_SYSTEMD_H
#define HOY_RUNTIME_SYSTEMD_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_path.h"
#include "spec/runtime_spec.h"

/* hoy-systemd at work. {0} with `pid` 0 is none. */
struct systemd_keeper {
	pid_t pid;
	int keep_fd; /* the scope is kept alive until this is closed */
};

/*
 * Start the transient unit of `scope` with the limits and the org.systemd.property.*
 * annotations of `spec`, and wait until it runs. `ret_path` (PATH_MAX bytes) becomes its control
 * group below the hierarchies' roots, as the manager says. `is_user`: the caller's own manager.
 * Returns 0, -EEXIST when the unit is there already, or -errno.
 */
int systemd_scope_start(const struct cgroup_scope *scope, const struct spec *spec, bool is_v2,
			bool is_user, struct systemd_keeper *ret, char *ret_path,
			struct err *e);

/* A process of the container is in: the keeper goes. Does nothing for {0}. */
void systemd_scope_release(struct systemd_keeper *keeper);

/* Tell the manager of changed limits: only what is set. */
int systemd_scope_update(const char *unit, const struct spec_resources *resources, bool is_v2,
			 bool is_user, struct err *e);

/* Stop the unit, wait until it is gone, and forget that it failed. Gone already is fine. */
int systemd_scope_stop(const char *unit, bool is_user, struct err *e);

#endif
