/*
 * Where a container's control group is: what a spec's cgroupsPath means to the two ways of
 * making one.
 *
 * By the file system (`--cgroup-manager cgroupfs`) it is a path below each hierarchy's root:
 *
 *   "/a/b/ID"   that path; the parents are made when they are missing, and stay when the
 *               container goes: they are the caller's
 *   "b/ID"      /hoy-runtime/b/ID
 *   absent      /hoy-runtime/ID
 *
 * Without root on cgroup v2 the last two lie beside the caller's own group, where systemd lets
 * the user make some; see cgroup_path_base.
 *
 * By systemd it is "SLICE:PREFIX:NAME", a scope PREFIX-NAME.scope in SLICE. Absent means
 * system.slice (the user's own manager: user.slice), "hoy" and the id. A slice's name says
 * where it is: a-b-c.slice is /a.slice/a-b.slice/a-b-c.slice.
 *
 * Runs in: runtime.
 * See: OCI runtime-spec config-linux.md "Cgroups Path"; systemd.slice(5), systemd.scope(5).
 */
#ifndef HOY_RUNTIME_CGROUP_PATH_H
#define HOY_RUNTIME_CGROUP_PATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define CGROUP_DEFAULT_PARENT "/hoy-runtime"

enum { UNIT_NAME_MAX = 256 }; /* systemd's own limit of a unit's name, with the NUL */

struct cgroup_scope {
	char slice[UNIT_NAME_MAX]; /* "machine-a.slice"; "-.slice" is the root */
	char unit[UNIT_NAME_MAX];  /* "libpod-ID.scope" */
	char path[PATH_MAX];	   /* below what the manager's own root is */
};

/*
 * The path of the file system's way, absolute and without "." and "..", in `ret`. `base` is
 * where what is not absolute goes (CGROUP_DEFAULT_PARENT). Returns 0, -EINVAL (the root itself,
 * or "slice:prefix:name"), -ENAMETOOLONG.
 */
int cgroup_path_plain(const char *cgroups_path, const char *id, const char *base, char *ret,
		      size_t size, struct err *e);

/*
 * The base of who may not make groups where it likes: on cgroup v2 the parent of the caller's
 * own group (the own one has processes and cannot hand down controllers), else
 * CGROUP_DEFAULT_PARENT.
 */
int cgroup_path_base(bool is_rootless, char *ret, size_t size, struct err *e);

/*
 * Take "slice:prefix:name" apart. Returns 0, or -EINVAL, -EOPNOTSUPP, -ENAMETOOLONG with what is
 * wrong: not three parts, not the name of a slice or of a scope.
 */
int cgroup_path_scope(const char *cgroups_path, const char *id, bool is_user,
		      struct cgroup_scope *ret, struct err *e);

/* "a-b.slice" to "/a.slice/a-b.slice", "-.slice" to "". Returns 0, -EINVAL or -ENAMETOOLONG. */
int cgroup_path_of_slice(const char *slice, char *ret, size_t size, struct err *e);

#endif
