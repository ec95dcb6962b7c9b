/*
 * One file of a control group: written with a sentence that names file, value and cause; and
 * which hierarchy has a controller.
 *
 * Runs in: cli (engine), runtime.
 */
#ifndef HOY_RUNTIME_CGROUP_FILE_H
#define HOY_RUNTIME_CGROUP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "runtime/cgroup.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
enum { CGROUP_PATH_MAX = PATH_MAX + 128, CGROUP_VALUE_MAX = 4096 };

/* The hierarchy with this controller (one bit), made or not; NULL: not mounted. Borrowed. */
struct cgroup_hierarchy *cgroup_find(struct cgroup *cgroup, enum cgroup_controller controller);

/* "/sys/fs/cgroup/NAME" and `path` behind it. Returns 0 or -ENAMETOOLONG. */
int cgroup_host_path(const struct cgroup_hierarchy *hierarchy, const char *path, char *ret,
		     size_t size);

/* Write `value` in one write(2). Returns 0 or -errno with "FILE: write "VALUE": CAUSE". */
int cgroup_write(int dir_fd, const char *file, const char *value, struct err *e);
int cgroup_write_i64(int dir_fd, const char *file, int64_t value, struct err *e);

/* The text of a small file without its last newline. Returns the length or -errno. */
int cgroup_read(int dir_fd, const char *file, char *buf, size_t size);

/* The directory of one hierarchy, made with its parents when it is missing, and opened. 0 when
 * it is open already. */
int cgroup_hierarchy_create(struct cgroup *cgroup, struct cgroup_hierarchy *hierarchy,
			    struct err *e);

#endif
