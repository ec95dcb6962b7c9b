/*
 * Writing a limit of cgroup v2; see cgroup_v2.h.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_V2_PUT_H
#define HOY_RUNTIME_CGROUP_V2_PUT_H

#include <stdint.h>

#include "base/err.h"
#include "runtime/cgroup_file.h"

/* Below 0 is "max". */
static inline int cgroup_v2_put_or_max(int fd, const char *file, int64_t value, struct err *e)
{
	return value < 0 ? cgroup_write(fd, file, "max", e)
			 : cgroup_write_i64(fd, file, value, e);
}

#endif
