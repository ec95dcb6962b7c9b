/*
 * The config.json that `spec` writes: a beginning to be edited.
 *
 * Member for member and value for value what runc writes, but for the host name.
 *
 * Runs in: runtime; a pure function.
 * See: runc-spec(8); OCI runtime-spec config.md.
 */
#ifndef HOY_OCI_SPEC_DEFAULT_H
#define HOY_OCI_SPEC_DEFAULT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/str.h"

struct spec_default {
	/* A user namespace with the caller as its root, and nothing that only root of the host
	 * may do. */
	bool is_rootless;
	bool is_cgroup_v2; /* a cgroup namespace then, for the mount shows the own group alone */
	uid_t uid;	   /* the caller; rootless */
	gid_t gid;
};

/* Appended to `out`, indented with tabs, without a newline at its end; check str_ok(out). */
void spec_default_print(const struct spec_default *request, struct str *out);

#endif
