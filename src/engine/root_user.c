/*
 * See root_user.h.
 *
 * Runs in: cli (engine).
 */
#include "engine/root_user.h"

#include "engine/root_file.h"
#include "engine/user_lookup.h"

static int read_accounts(int root_fd, const char *path, bool is_needed, struct arena *arena,
			 char **ret, struct err *e)
{
	struct err why = { 0 };
	int r = root_file_read(root_fd, path, arena, ret, &why);

	if (r < 0 && r != -ENOENT && is_needed) {
		if (e)
			*e = why;
		return r;
	}
	return r == -ENOMEM ? r : 0;
}

int root_user_find(int root_fd, const char *user, const struct strv *group_add,
		   struct arena *arena, struct spec_user *ret, char **ret_home, struct err *e)
{
	bool needs_names = user_needs_names(user, group_add);
	char *passwd = NULL;
	char *group = NULL;
	int r = read_accounts(root_fd, "/etc/passwd", needs_names, arena, &passwd, e);

	if (r == 0)
		r = read_accounts(root_fd, "/etc/group", needs_names, arena, &group, e);
	if (r == 0)
		r = user_lookup(user, group_add, passwd, group, arena, ret, ret_home, e);
	return r;
}
