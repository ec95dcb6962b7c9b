/*
 * Who a container's process is, by the account files of a root file system.
 *
 * Runs in: cli (engine).
 */
#ifndef HOY_ENGINE_ROOT_USER_H
#define HOY_ENGINE_ROOT_USER_H

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

/*
 * `user` and `group_add` looked up in /etc/passwd and /etc/group below `root_fd`. Files that are
 * missing, or cannot be read, matter only where a name must be found. See user_lookup.h for what
 * is returned.
 */
int root_user_find(int root_fd, const char *user, const struct strv *group_add,
		   struct arena *arena, struct spec_user *ret, char **ret_home, struct err *e);

#endif
