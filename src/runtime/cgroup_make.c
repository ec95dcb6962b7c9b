/*
 * See cgroup_make.h.
 *
 * Runs in: runtime.
 */
#include "runtime/cgroup_make.h"

#include <stdio.h>

int cgroup_place(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e)
{
	const char *path = request->spec->cgroups_path;
	char text[PATH_MAX];

	*ret = (struct cgroup_made){ .is_user = request->is_rootless };
	if (request->manager == CGROUP_BY_SYSTEMD)
		return err_set(e, ERR_UNSUPPORTED, -EOPNOTSUPP,
			       "cgroups by systemd are not here yet");
	if (!str_is_empty(path) && path[0] == '/')
		return cgroup_init(&ret->cgroup, path, e);
	if (snprintf(text, sizeof(text), "/hoy-runtime/%s",
		     str_is_empty(path) ? request->id : path) >= (int)sizeof(text))
		return err_sys(e, ENAMETOOLONG, "cgroup path");
	return cgroup_init(&ret->cgroup, text, e);
}

int cgroup_make(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e)
{
	int r = cgroup_place(request, ret, e);

	if (r == 0)
		r = cgroup_create(&ret->cgroup, e);
	if (r == 0)
		r = cgroup_apply(&ret->cgroup, &request->spec->resources, false, e);
	if (r < 0) {
		(void)cgroup_remove(&ret->cgroup, NULL);
		cgroup_done(&ret->cgroup);
	}
	return r;
}

void cgroup_settle(struct cgroup_made *made)
{
	(void)made;
}

int cgroup_update(struct cgroup *cgroup, const char *unit, bool is_user,
		  const struct spec_resources *resources, struct err *e)
{
	(void)unit;
	(void)is_user;
	return cgroup_apply(cgroup, resources, true, e);
}

int cgroup_unmake(struct cgroup *cgroup, const char *unit, bool is_user, struct err *e)
{
	(void)unit;
	(void)is_user;
	return cgroup_remove(cgroup, e);
}
