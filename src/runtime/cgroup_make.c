/*
 * See cgroup_make.h.
 *
 * Runs in: runtime.
 */
#include "runtime/cgroup_make.h"

#include <string.h>

#include "base/str.h"
#include "runtime/cgroup_file.h"

static int place_by_files(const struct cgroup_request *request, struct cgroup *ret,
			  struct err *e)
{
	char base[PATH_MAX];
	char path[PATH_MAX];
	int r = cgroup_path_base(request->is_rootless, base, sizeof(base), e);

	if (r == 0)
		r = cgroup_path_plain(request->spec->cgroups_path, request->id, base, path,
				      sizeof(path), e);
	if (r == 0)
		r = cgroup_init(ret, path, e);
	ret->is_foreign = r == 0 && !str_starts(path, CGROUP_DEFAULT_PARENT "/");
	return r;
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

static int place_by_systemd(const struct cgroup_request *request, struct cgroup_scope *scope,
			    struct cgroup *ret, struct err *e)
{
	int r = cgroup_path_scope(request->spec->cgroups_path, request->id,
				  request->is_rootless, scope, e);

	if (r == 0)
		r = cgroup_init(ret, scope->path, e);
	if (r < 0)
		return r;
	ret->is_foreign = true;
	want_tracking(ret);
	return 0;
}

static int place(const struct cgroup_request *request, struct cgroup_scope *scope,
		 struct cgroup_made *ret, struct err *e)
{
	int r;

	*ret = (struct cgroup_made){ .is_user = request->is_rootless };
	r = request->manager == CGROUP_BY_SYSTEMD
		    ? place_by_systemd(request, scope, &ret->cgroup, e)
		    : place_by_files(request, &ret->cgroup, e);
	ret->cgroup.is_optional = request->is_rootless;
	if (r == 0 && request->manager == CGROUP_BY_SYSTEMD)
		(void)str_copy(ret->unit, sizeof(ret->unit), scope->unit);
	return r;
}

int cgroup_place(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e)
{
	struct cgroup_scope scope;

	return place(request, &scope, ret, e);
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
	/* Who is born there never wakes up. */
	if (cgroup_is_frozen(cgroup) > 0)
		return err_set(e, ERR_CONFLICT, -EBUSY, "cgroup %s is frozen already",
			       cgroup->path);
	return 0;
}

/* Below a user's manager, or in a container, the path is a longer one than the unit's name
 * says. */
static int start_scope(const struct cgroup_request *request, const struct cgroup_scope *scope,
		       struct cgroup_made *made, struct err *e)
{
	char path[PATH_MAX];
	int r = systemd_scope_start(scope, request->spec, made->cgroup.mode == CGROUP_V2,
				    made->is_user, &made->keeper, path, e);

	if (r == 0)
		(void)str_copy(made->cgroup.path, sizeof(made->cgroup.path), path);
	return r;
}

int cgroup_make(const struct cgroup_request *request, struct cgroup_made *ret, struct err *e)
{
	bool is_scope = request->manager == CGROUP_BY_SYSTEMD;
	struct cgroup_scope scope;
	int r = place(request, &scope, ret, e);

	/* A unit of that name that is there already is another's. */
	if (r == 0 && is_scope)
		r = start_scope(request, &scope, ret, e);
	if (r < 0)
		return r;
	r = cgroup_create(&ret->cgroup, e);
	if (r == 0 && !is_scope && check_empty(&ret->cgroup, e) < 0) {
		cgroup_remove_new(&ret->cgroup);
		cgroup_done(&ret->cgroup);
		return -EBUSY;
	}
	if (r == 0)
		r = cgroup_apply(&ret->cgroup, &request->spec->resources, false, e);
	if (r < 0) {
		cgroup_settle(ret);
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
