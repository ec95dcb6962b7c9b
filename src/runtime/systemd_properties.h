/*
 * What a spec means to systemd: properties of a unit, as lines of proto/systemd.h. Pure.
 *
 * The limits are mapped as runc maps them, so that `systemctl show` says the same. What the
 * manager has no property for is written to the control files afterwards.
 *
 * Runs in: runtime.
 * See: systemd.resource-control(5); runc libcontainer/cgroups/systemd.
 */
#ifndef HOY_RUNTIME_SYSTEMD_PROPERTIES_H
#define HOY_RUNTIME_SYSTEMD_PROPERTIES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "runtime/cgroup_path.h"
#include "spec/runtime_spec.h"

/* Of a new scope: where it is, who may touch it, what is counted, its limits, and the
 * annotations. Returns 0, -EINVAL, or -ENOMEM. */
int systemd_properties_scope(const struct cgroup_scope *scope, const struct spec *spec,
			     bool is_v2, struct str *out, struct err *e);

/* Only limits, and only those that are set. */
int systemd_properties_limits(const struct spec_resources *resources, bool is_v2,
			      struct str *out, struct err *e);

/*
 * An annotation "org.systemd.property.NAME=VALUE", whose value is GVariant text: true, 'text',
 * "text", uint64 5, int32 -1, ['a', 'b']. NAME ending in "Sec" is given in seconds and becomes
 * "USec", as runc does. Does nothing for other annotations. Returns 0 or -EINVAL.
 */
int systemd_property_annotation(const char *annotation, struct str *out, struct err *e);

#endif
