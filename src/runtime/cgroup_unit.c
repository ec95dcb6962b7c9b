/*
 * Leaving the caller's systemd unit: what is started from a service or a login must not die
 * with it.
 *
 * Only systemd's own tracking hierarchies matter, name=systemd and cgroup2, and only when the
 * caller is not in their root.
 *
 * Runs in: cli (the forked child that becomes the monitor).
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/fd.h"
#include "runtime/cgroup_file.h"
#include "runtime/cgroup_hierarchies.h"

void cgroup_leave_unit(const char *parent)
{
	struct cgroup cgroup = { 0 };

	if (cgroup_hierarchies_read(&cgroup, NULL) < 0 ||
	    snprintf(cgroup.path, sizeof(cgroup.path), "%s/_monitor", parent) >=
		    (int)sizeof(cgroup.path))
		return;
	for (size_t i = 0; i < cgroup.count; i++) {
		struct cgroup_hierarchy *h = &cgroup.hierarchies[i];

		if (!(h->controllers & (CGROUP_NAMED | CGROUP_UNIFIED)) || !h->is_wanted)
			continue;
		if (cgroup_hierarchy_create(&cgroup, h, NULL) == 0)
			(void)cgroup_write(h->fd, "cgroup.procs", "0", NULL);
	}
	cgroup_done(&cgroup);
}
