/*
 * Who a container's process is: docker's "user[:group]" looked up in the image's own
 * /etc/passwd and /etc/group.
 *
 * A number is a uid, also when a user of that name exists (an image must not be able to remap
 * 1000 to root); a name must be in the file. The supplementary groups are those that /etc/group
 * lists for the user's name, and --group-add. NSS is not asked: these are the image's files,
 * not the host's.
 *
 * Runs in: cli (engine).
 * See: passwd(5), group(5); Docker's `--user`.
 */
#ifndef HOY_ENGINE_USER_LOOKUP_H
#define HOY_ENGINE_USER_LOOKUP_H

#include "base/err.h"
#include "base/str.h"
#include "spec/runtime_spec.h"

/*
 * `passwd` and `group` are the files' texts, or NULL when there are none. `user` NULL or "" is
 * 0:0 of the image. The home directory is the user's in passwd, else "/". -EINVAL, ERR_INVALID:
 * with docker's words for a name that is not there, and for numbers outside of 0..2^31-1.
 */
int user_lookup(const char *user, const struct strv *group_add, const char *passwd,
		const char *group, struct arena *arena, struct spec_user *ret, char **ret_home,
		struct err *e);

/* Must the group file be read, and must a file that cannot be read stop the start? Names need
 * it, numbers do not. */
bool user_needs_names(const char *user, const struct strv *group_add);

#endif
