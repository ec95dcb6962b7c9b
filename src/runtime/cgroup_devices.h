/*
 * Which devices the processes of a group may open or make: the rules of a spec reduced to a
 * default and its exceptions.
 *
 * Runs in: cli (engine), runtime.
 * See: Documentation/admin-guide/cgroup-v1/devices.rst; bpf(2) BPF_PROG_TYPE_CGROUP_DEVICE.
 */
#ifndef HOY_RUNTIME_CGROUP_DEVICES_H
#define HOY_RUNTIME_CGROUP_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "spec/runtime_spec.h"

enum { CGROUP_DEVICES_MAX = 256 };

struct cgroup_devices {
	bool is_allow_default;
	struct spec_device_rule
		exceptions[CGROUP_DEVICES_MAX]; /* all with is_allowed != is_allow_default */
	size_t count;
};

/*
 * Follow the rules in order, beginning with "deny". A rule for all devices and every access
 * forgets what was before it. Where the default comes out as "deny", the devices that every
 * container has are allowed as well: making any node, those of /dev, and pseudo terminals.
 * Returns 0, -E2BIG, or -EOPNOTSUPP for a rule that takes back a part of a wider one.
 */
int cgroup_devices_reduce(struct cgroup_devices *ret, const struct spec_device_rule *rules,
			  size_t count, struct err *e);

/* Of a new group. */
int cgroup_devices_apply_v1(const struct cgroup_devices *devices, int dir_fd, struct err *e);
/* Of one in use: nothing that is allowed before and after is denied in between. */
int cgroup_devices_update_v1(const struct cgroup_devices *devices, int dir_fd, struct err *e);
/* Replaces what an earlier call attached. */
int cgroup_devices_apply_v2(const struct cgroup_devices *devices, int dir_fd, struct err *e);

#endif
