/*
 * See cgroup_make.h.
 *
 * Runs in: runtime.
 */
#include "runtime/cgroup_make.h"

#include <string.h>

#include "base/str.h"
#include "runtime/cgroup_file.h"

static int place_by_files(const struct cgroup_request *request, char path[PATH_MAX],
			  struct err *e)
{
	char base[PATH_MAX];
	int r = cgroup_path_base(request->is_rootless, base, sizeof(base), e);

	return r < 0 ? r
		     : cgroup_path_plain(request->spec->cgroups_path, request->id, base, path,
					 PATH_MAX, e);
}

/* Two containers in one group would be frozen, killed and removed together. */
static int check_empty(struct cgroup *cgroup, struct err *e)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		const struct cgroup_hierarchy *h = &cgroup->hierarchies[i];
		char pids[2];

		if (h->fd >= 0 && h->was_there &&
		    cgroup_read(h->fd, "cgroup.procs", pids, sizeof(pids)) > 0)
			return err_set(e, ERR_CONFLICT, -EBUSY,
				       "cgroup %s has processes already", cgroup->path);
	}
	return 0;
}

static int make_by_files(const struct cgroup_request *request, struct cgroup_made *ret,
			 struct err *e)
{
	char path[PATH_MAX];
	int r = place_by_files(request, path, e);

	if (r == 0)
		r = cgroup_init(&ret->cgroup, path, e);
	if (r < 0)
		return r;
	ret->cgroup.is_optional = request->is_rootless;
	ret->cgroup.is_foreign = !str_starts(path, CGROUP_DEFAULT_PARENT "/");
	r = cgroup_create(&ret->cgroup, e);
	return r < 0 ? r : check_empty(&ret->cgroup, e);
}

/* systemd tracks units in name=systemd, and in cgroup2 where that is mounted beside v1: a
 * container that were missing there would not be in its scope. */
static void want_tracking(struct cgroup *cgroup)
{
	for (size_t i = 0; i < cgroup->count; i++) {
		if (cgroup->hierarchies[i].controllers & (CGROUP_NAMED | CGROUP_UNIFIED))
			cgroup->hierarchies[i].is_wanted = true;
	}
}

static int make_by_systemd(const struct cgroup_request *request, struct cgroup_made *ret,
			   struct err *e)
{
	struct cgroup_scope scope;
	char path[PATH_MAX];
	int r = cgroup_path_scope(request->spec->cgroups_path, request->id,
				  request->is_rootless, &scope, e);

	if (r == 0)
		r = cgroup_init(&ret->cgroup, scope.path, e);
	if (r == 0)
		r = systemd_scope_start(&scope, request->spec, ret->cgroup.mode == CGROUP_V2,
					request->is_rootless, &ret->keeper, path, e);
	if (r < 0)
		return r;
	(void)str_copy(ret->unit, sizeof(ret->unit), scope.unit);
	ret->is_user = request->is_rootless;
	/* Below a user's manager, or in a container, the path is a longer one. */
	(void)str_copy(ret->cgroup.path, sizeof(ret->cgroup.path), path);
	ret->cgroup.is_optional = request->is_rootless;
	ret->cgroup.is_foreign = true;
	want_tracking(&ret->cgroup);
	return cgroup_create(&ret->cgroup, e);
}

int cgroup_make(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e)
{
	int r;

	*ret = (struct cgroup_made){ 0 };
	r = request->manager == CGROUP_BY_SYSTEMD ? make_by_systemd(request, ret, e)
						  : make_by_files(request, ret, e);
	if (r == 0)
		r = cgroup_apply(&ret->cgroup, &request->spec->resources, false, e);
	if (r < 0) {
		cgroup_settle(ret);
		if (ret->cgroup.path[0])
			(void)cgroup_unmake(&ret->cgroup, ret->unit, ret->is_user, NULL);
		cgroup_done(&ret->cgroup);
	}
	return r;
}

void cgroup_settle(struct cgroup_made *made)
{
	systemd_scope_release(&made->keeper);
}

int cgroup_update(struct cgroup *cgroup, const char *unit, bool is_user,
		  const struct spec_resources *resources, struct err *e)
{
	int r = str_is_empty(unit)
			? 0
			: systemd_scope_update(unit, resources, cgroup->mode == CGROUP_V2,
					       is_user, e);

	/* The manager knows fewer limits than the kernel, and on v1 of fewer hierarchies. */
	return r < 0 ? r : cgroup_apply(cgroup, resources, true, e);
}

int cgroup_unmake(struct cgroup *cgroup, const char *unit, bool is_user, struct err *e)
{
	int r = str_is_empty(unit) ? 0 : systemd_scope_stop(unit, is_user, e);
	int removed = cgroup_remove(cgroup, r < 0 ? NULL : e);

	return r < 0 ? r : removed;
}
